// reduce_l2: the square root of the sum of the squares of x over `axes`. ONNX ReduceL2.

#include <cmath>

#include "lib/ops/reduce_table.h"

namespace tinyc::ops {
namespace {

struct L2 {
  static constexpr Accepts accepts = Accepts::numbers;
  template <class T>
  using State = double;
  template <class T>
  static State<T> start() { return 0; }
  template <class T>
  static void add(State<T>& state, T x) { state += static_cast<double>(x) * static_cast<double>(x); }
  template <class T>
  static T finish(const State<T>& state) { return from_real<T>(std::sqrt(state)); }
};

Result<std::vector<ValueId>> import_l2(ImportContext& context) {
  return import_reduction(context, "reduce_l2", 18);
}

}  // namespace

const OpDef& reduce_l2() {
  static const OpDef op = with_reduce_table<square, square_root>(fold_op<L2>(
      "reduce_l2", "the square root of the sum of the squares of x over `axes`", {{"ReduceL2", import_l2}}));
  return op;
}

}  // namespace tinyc::ops
