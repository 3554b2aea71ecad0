#pragma once
// The passes of this folder.

#include "lib/pass/pipeline.h"

namespace tinyc {

PassTable compress_passes();

}  // namespace tinyc
