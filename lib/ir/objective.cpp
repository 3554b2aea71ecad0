#include "lib/ir/objective.h"

namespace tinyc {

std::string_view to_string(Objective objective) {
  switch (objective) {
    case Objective::time: return "time";
    case Objective::balanced: return "balanced";
    case Objective::size: return "size";
    case Objective::ram: return "ram";
  }
  return {};
}

std::optional<Objective> parse_objective(std::string_view text) {
  for (const Objective objective : {Objective::time, Objective::balanced, Objective::size, Objective::ram})
    if (to_string(objective) == text) return objective;
  return std::nullopt;
}

}  // namespace tinyc
