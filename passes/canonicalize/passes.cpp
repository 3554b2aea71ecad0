#include "passes/canonicalize/passes.h"

namespace tinyc {
namespace passes {

#define TINYC_PASS(name) const Pass& name();
#include "passes/canonicalize/pass_list.def"
#undef TINYC_PASS

}  // namespace passes

PassTable canonicalize_passes() {
  static const std::vector<const Pass*> table{
#define TINYC_PASS(name) &passes::name(),
#include "passes/canonicalize/pass_list.def"
#undef TINYC_PASS
  };
  return table;
}

NamedPipeline canonicalize_pipeline() {
  const std::string round =
      "eliminate-dead-code, fold-constants, eliminate-identity, common-subexpression, recognize-layer-norm, "
      "recognize-activation, div-to-mul, gather-to-take, channel-shuffle, nhwc, merge-transposes, "
      "sink-reshapes, merge-reshapes, fold-transpose-into-fully-connected, matmul-to-fully-connected, fold-batch-norm, "
      "fold-scale, fold-take, merge-bias, fuse-activation, fold-pad";
  return {"canonicalize", "every canonicalization pass, repeated until nothing changes",
          "((" + round + ")*, batch-norm-to-depthwise)*, name-results, mark-canonical"};
}

}  // namespace tinyc
