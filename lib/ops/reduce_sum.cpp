// reduce_sum: the sum of x over `axes`. ONNX ReduceSum.

#include "lib/ops/reduction.h"

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

}  // namespace

const OpDef& reduce_sum() {
  static const OpDef op = fold_op<Sum>("reduce_sum", "the sum of x over `axes`", {{"ReduceSum", import_sum}});
  return op;
}

}  // namespace tinyc::ops
