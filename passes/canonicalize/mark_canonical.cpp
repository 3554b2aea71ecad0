// mark-canonical: says that the graph is in canonical form, so that the verifier's rules for canonical graphs hold from
// here on.
//
//   stage=imported  ->  stage=canonical
//
// When: once, after the other canonicalization passes have nothing left to do.

#include "lib/pass/pass.h"

namespace tinyc::passes {

const Pass& mark_canonical() {
  static const Pass pass{{.name = "mark-canonical",
                          .summary = "says that the graph is in canonical form, which the verifier then checks",
                          .stages = {Stage::imported, Stage::canonical},
                          .becomes = Stage::canonical},
                         [](Graph&, PassContext&) -> Result<Changed> { return Changed::no; }};
  return pass;
}

}  // namespace tinyc::passes
