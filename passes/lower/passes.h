#pragma once
// The passes of this folder.

#include "lib/pass/pipeline.h"

namespace tinyc {

PassTable lower_passes();

}  // namespace tinyc
