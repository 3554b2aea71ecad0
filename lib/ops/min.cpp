#include "lib/ops/extreme_int8.h"

namespace tinyc::ops {
namespace {

struct Min {
  static constexpr Accepts accepts = Accepts::numbers;
  explicit Min(const Attributes&) {}
  template <class T>
  T operator()(T x, T y) const { return x < y || x != x ? x : y; }
};

}  // namespace

const OpDef& min() {
  static const OpDef def = with_extreme_int8<false>(binary<Min>(
      "min", "The smaller of two, a NaN where either is one, with NumPy broadcasting; ONNX Min of more is a chain.",
      {{"Min", [](ImportContext& context) -> Result<std::vector<ValueId>> {
          return std::vector<ValueId>{TINYC_TRY(import_chain(context, "min"))};
        }}}));
  return def;
}

}  // namespace tinyc::ops
