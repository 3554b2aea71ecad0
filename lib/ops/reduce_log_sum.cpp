// reduce_log_sum: the logarithm of the sum of x over `axes`. ONNX ReduceLogSum.

#include <cmath>

#include "lib/ops/reduce_table.h"

namespace tinyc::ops {
namespace {

struct LogSum {
  static constexpr Accepts accepts = Accepts::numbers;
  template <class T>
  using State = double;
  template <class T>
  static State<T> start() { return 0; }
  template <class T>
  static void add(State<T>& state, T x) { state += static_cast<double>(x); }
  template <class T>
  static T finish(const State<T>& state) { return from_real<T>(std::log(state)); }
};

Result<std::vector<ValueId>> import_log_sum(ImportContext& context) {
  return import_reduction(context, "reduce_log_sum", 18);
}

}  // namespace

const OpDef& reduce_log_sum() {
  static const OpDef op = with_reduce_table<same, logarithm>(fold_op<LogSum>(
      "reduce_log_sum", "the logarithm of the sum of x over `axes`", {{"ReduceLogSum", import_log_sum}}));
  return op;
}

}  // namespace tinyc::ops
