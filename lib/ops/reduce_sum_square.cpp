// reduce_sum_square: the sum of the squares of x over `axes`. ONNX ReduceSumSquare.

#include "lib/ops/reduce_table.h"

namespace tinyc::ops {
namespace {

struct SumSquare {
  static constexpr Accepts accepts = Accepts::numbers;
  template <class T>
  using State = WideOf<T>;
  template <class T>
  static State<T> start() { return {}; }
  template <class T>
  static void add(State<T>& state, T x) { state += static_cast<State<T>>(x) * static_cast<State<T>>(x); }
  template <class T>
  static T finish(const State<T>& state) { return static_cast<T>(state); }
};

Result<std::vector<ValueId>> import_sum_square(ImportContext& context) {
  return import_reduction(context, "reduce_sum_square", 18);
}

}  // namespace

const OpDef& reduce_sum_square() {
  static const OpDef op = with_reduce_table<square, same>(fold_op<SumSquare>(
      "reduce_sum_square", "the sum of the squares of x over `axes`", {{"ReduceSumSquare", import_sum_square}}));
  return op;
}

}  // namespace tinyc::ops
