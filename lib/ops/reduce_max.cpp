// reduce_max: the largest of x over `axes`. ONNX ReduceMax.

#include <algorithm>
#include <limits>

#include "lib/ops/reduce_extreme.h"

namespace tinyc::ops {
namespace {

template <class T>
T least() {
  return std::is_floating_point_v<T> ? -std::numeric_limits<T>::infinity() : std::numeric_limits<T>::lowest();
}

struct Max {
  static constexpr Accepts accepts = Accepts::anything;
  template <class T>
  using State = T;
  template <class T>
  static State<T> start() { return least<T>(); }
  template <class T>
  static void add(State<T>& state, T x) { state = std::max(state, x); }
  template <class T>
  static T finish(const State<T>& state) { return state; }
};

Result<std::vector<ValueId>> import_max(ImportContext& context) {
  return import_reduction(context, "reduce_max", 18);
}

}  // namespace

const OpDef& reduce_max() {
  static const OpDef op = with_reduce_extreme_int8<true>(
      fold_op<Max>("reduce_max", "the largest of x over `axes`", {{"ReduceMax", import_max}}));
  return op;
}

}  // namespace tinyc::ops
