#include "lib/support/version.h"

namespace tinyc {

std::string_view version() { return TINYC_VERSION; }

}  // namespace tinyc
