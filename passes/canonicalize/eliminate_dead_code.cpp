// eliminate-dead-code: removes nodes whose results nobody reads, and constants without uses. Inputs of the graph stay.
//
//   %a = relu(%x); %b = tanh(%x); output %b   ->   %b = tanh(%x); output %b
//
// When: first in every round, so that no other pass works on what is not needed, nor counts its uses.

#include "passes/canonicalize/rewrite.h"

namespace tinyc::passes {
const Pass& eliminate_dead_code() {
  static const Pass pass{{.name = "eliminate-dead-code",
                          .summary = "removes nodes and constants that nobody reads",
                          .stages = {}},
                         [](Graph& graph, PassContext&) -> Result<Changed> {
                           return erase_dead(graph) ? Changed::yes : Changed::no;
                         }};
  return pass;
}

}  // namespace tinyc::passes
