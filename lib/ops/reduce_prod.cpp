// reduce_prod: the product of x over `axes`. ONNX ReduceProd.

#include "lib/ops/reduction.h"

namespace tinyc::ops {
namespace {

struct Prod {
  static constexpr Accepts accepts = Accepts::numbers;
  template <class T>
  using State = WideOf<T>;
  template <class T>
  static State<T> start() { return 1; }
  template <class T>
  static void add(State<T>& state, T x) { state *= static_cast<State<T>>(x); }
  template <class T>
  static T finish(const State<T>& state) { return static_cast<T>(state); }
};

Result<std::vector<ValueId>> import_prod(ImportContext& context) {
  return import_reduction(context, "reduce_prod", 18);
}

}  // namespace

const OpDef& reduce_prod() {
  static const OpDef op = fold_op<Prod>("reduce_prod", "the product of x over `axes`", {{"ReduceProd", import_prod}});
  return op;
}

}  // namespace tinyc::ops
