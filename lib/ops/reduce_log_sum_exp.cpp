// reduce_log_sum_exp: the logarithm of the sum of exp(x) over `axes`. ONNX ReduceLogSumExp.

#include <cmath>
#include <limits>

#include "lib/ops/reduction.h"

namespace tinyc::ops {
namespace {

// The sum is kept relative to the largest element, so that it does not overflow.
struct LogSumExp {
  static constexpr Accepts accepts = Accepts::reals;
  struct Sum {
    double largest = -std::numeric_limits<double>::infinity();
    double sum = 0;  // of exp(x - largest)
  };
  template <class T>
  using State = Sum;
  template <class T>
  static Sum start() { return {}; }
  template <class T>
  static void add(Sum& state, T x) {
    const auto value = static_cast<double>(x);
    if (value <= state.largest) {
      state.sum += value == state.largest ? 1 : std::exp(value - state.largest);
    } else {
      state.sum = state.sum * std::exp(state.largest - value) + 1;
      state.largest = value;
    }
  }
  template <class T>
  static T finish(const Sum& state) { return static_cast<T>(state.largest + std::log(state.sum)); }
};

Result<std::vector<ValueId>> import_log_sum_exp(ImportContext& context) {
  return import_reduction(context, "reduce_log_sum_exp", 18);
}

}  // namespace

const OpDef& reduce_log_sum_exp() {
  static const OpDef op =
      fold_op<LogSumExp>("reduce_log_sum_exp", "the logarithm of the sum of exp(x) over `axes`",
                         {{"ReduceLogSumExp", import_log_sum_exp}});
  return op;
}

}  // namespace tinyc::ops
