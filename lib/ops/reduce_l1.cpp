// reduce_l1: the sum of the magnitudes of x over `axes`. ONNX ReduceL1.

#include "lib/ops/reduce_table.h"

namespace tinyc::ops {
namespace {

struct L1 {
  static constexpr Accepts accepts = Accepts::numbers;
  template <class T>
  using State = WideOf<T>;
  template <class T>
  static State<T> start() { return {}; }
  template <class T>
  static void add(State<T>& state, T x) { state += x < T{} ? State<T>{} - static_cast<State<T>>(x) : static_cast<State<T>>(x); }
  template <class T>
  static T finish(const State<T>& state) { return static_cast<T>(state); }
};

Result<std::vector<ValueId>> import_l1(ImportContext& context) {
  return import_reduction(context, "reduce_l1", 18);
}

}  // namespace

const OpDef& reduce_l1() {
  static const OpDef op = with_reduce_table<magnitude, same>(
      fold_op<L1>("reduce_l1", "the sum of the magnitudes of x over `axes`", {{"ReduceL1", import_l1}}));
  return op;
}

}  // namespace tinyc::ops
