// common-subexpression: computes once what two nodes of the same operator, attributes and operands compute.
//
//   %a = transpose(%x) {perm=[0, 2, 1]}; %b = transpose(%x) {perm=[0, 2, 1]}; f(%a, %b)
//     ->  %a = transpose(%x) {perm=[0, 2, 1]}; f(%a, %a)
//
// When: in every round; moving transposes leaves such pairs.

#include "passes/canonicalize/rewrite.h"

namespace tinyc::passes {

const Pass& common_subexpression() {
  static const Pass pass{{.name = "common-subexpression",
                          .summary = "computes once what is computed twice from the same operands",
                          .stages = before_calibration},
                         [](Graph& graph, PassContext&) { return merge_equal_nodes(graph); }};
  return pass;
}

}  // namespace tinyc::passes
