#pragma once
// How often the loops of a kernel turn, from the parameters of its call alone. A term names a loop (or a call, a row, a
// requantization) of the kernels' C; kernels that share code share terms. What one turn costs on a core is fitted
// (coefficients.h). Adding a kernel: one function and one line in the table of counts.cpp, then scripts/fit_cost.

#include <optional>
#include <string_view>
#include <vector>

#include "lib/ir/kernel_call.h"

namespace tinyc {

struct Count {
  std::string_view term;  // "packed.step"
  double turns = 0;
};

// What a board's memory system treats alike.
enum class WorkKind : std::uint8_t { dense, other };  // weights against gathered inputs; everything else

struct CallCounts {
  WorkKind kind = WorkKind::other;
  std::vector<Count> counts;  // no term twice, none of zero turns
};

// `dsp`: whether the core has SMLAD, for which some kernels are compiled otherwise. Nothing for an unknown kernel.
std::optional<CallCounts> count_call(const KernelCall& call, bool dsp);

}  // namespace tinyc
