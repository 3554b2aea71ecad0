#pragma once

#include <string_view>

namespace tinyc {

std::string_view version();  // "0.1.0"

}  // namespace tinyc
