// reduce_sum: the sum of x over `axes`. ONNX ReduceSum.

#include "lib/ops/reduction.h"
#include "lib/ops/sums_int8.h"

namespace tinyc::ops {
namespace {

struct Sum {
  static constexpr Accepts accepts = Accepts::numbers;
  template <class T>
  using State = WideOf<T>;
  template <class T>
  static State<T> start() { return {}; }
  template <class T>
  static void add(State<T>& state, T x) { state += static_cast<State<T>>(x); }
  template <class T>
  static T finish(const State<T>& state) { return static_cast<T>(state); }
};

Result<std::vector<ValueId>> import_sum(ImportContext& context) {
  return import_reduction(context, "reduce_sum", 13);
}

Status eval_int8(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  return eval_sums_int8(node, 1, in, out);
}

Result<std::vector<KernelCall>> lower(const NodeView& node, const CoreFeatures&) { return lower_sums(node, 1); }

QuantRule rule(const NodeView&) { return {}; }

}  // namespace

const OpDef& reduce_sum() {
  static const OpDef op = [] {
    OpDef def = fold_op<Sum>("reduce_sum", "the sum of x over `axes`", {{"ReduceSum", import_sum}});
    def.eval_int8 = eval_int8;
    def.quantization = rule;
    def.lower = lower;
    return def;
  }();
  return op;
}

}  // namespace tinyc::ops
