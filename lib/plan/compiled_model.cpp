#include "lib/plan/compiled_model.h"

#include <algorithm>

#include "lib/support/check.h"

namespace tinyc {

const Placement& CompiledModel::placement_of(ValueId value) const {
  const auto at = std::lower_bound(placements.begin(), placements.end(), value,
                                   [](const Placement& placement, ValueId id) { return placement.value < id; });
  TINYC_CHECK(at != placements.end() && at->value == value, "an activation that has a place");
  return *at;
}

std::int64_t CompiledModel::offset_of(ValueId value) const {
  const int buffer = placement_of(value).buffer;
  return buffer < 0 ? -1 : arena.offset[static_cast<std::size_t>(buffer)];
}

std::int64_t CompiledModel::scratch_offset(std::size_t layer) const {
  const int buffer = scratch_buffer.at(layer);
  return buffer < 0 ? -1 : arena.offset[static_cast<std::size_t>(buffer)];
}

}  // namespace tinyc
