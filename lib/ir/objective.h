#pragma once
// The names of objectives, as the option --opt has them.

#include <optional>
#include <string_view>

#include "lib/ir/kernel_call.h"

namespace tinyc {

std::string_view to_string(Objective objective);  // "time", "balanced", "size", "ram"
std::optional<Objective> parse_objective(std::string_view text);

}  // namespace tinyc
