// reduce_min: the smallest of x over `axes`. ONNX ReduceMin.

#include <algorithm>
#include <limits>

#include "lib/ops/reduce_extreme.h"

namespace tinyc::ops {
namespace {

template <class T>
T greatest() {
  return std::is_floating_point_v<T> ? std::numeric_limits<T>::infinity() : std::numeric_limits<T>::max();
}

struct Min {
  static constexpr Accepts accepts = Accepts::anything;
  template <class T>
  using State = T;
  template <class T>
  static State<T> start() { return greatest<T>(); }
  template <class T>
  static void add(State<T>& state, T x) { state = std::min(state, x); }
  template <class T>
  static T finish(const State<T>& state) { return state; }
};

Result<std::vector<ValueId>> import_min(ImportContext& context) {
  return import_reduction(context, "reduce_min", 18);
}

}  // namespace

const OpDef& reduce_min() {
  static const OpDef op = with_reduce_extreme_int8<false>(
      fold_op<Min>("reduce_min", "the smallest of x over `axes`", {{"ReduceMin", import_min}}));
  return op;
}

}  // namespace tinyc::ops
