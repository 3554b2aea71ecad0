#include "lib/ops/extreme_int8.h"

namespace tinyc::ops {
namespace {

struct Max {
  static constexpr Accepts accepts = Accepts::numbers;
  explicit Max(const Attributes&) {}
  template <class T>
  T operator()(T x, T y) const { return x > y || x != x ? x : y; }
};

}  // namespace

const OpDef& max() {
  static const OpDef def = with_extreme_int8<true>(binary<Max>(
      "max", "The larger of two, a NaN where either is one, with NumPy broadcasting; ONNX Max of more is a chain.",
      {{"Max", [](ImportContext& context) -> Result<std::vector<ValueId>> {
          return std::vector<ValueId>{TINYC_TRY(import_chain(context, "max"))};
        }}}));
  return def;
}

}  // namespace tinyc::ops
