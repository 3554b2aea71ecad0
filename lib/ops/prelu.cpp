#include "lib/ops/elementwise.h"
#include "lib/ops/import_util.h"

namespace tinyc::ops {
namespace {

struct Prelu {
  static constexpr Accepts accepts = Accepts::numbers;
  explicit Prelu(const Attributes&) {}
  template <class T>
  T operator()(T x, T slope) const {
    if constexpr (std::is_integral_v<T>) return x < T{0} ? wrapping(x, slope, [](auto a, auto b) { return a * b; }) : x;
    else return x < T{0} ? slope * x : x;
  }
};

// Before opset 7 a vector of slopes is per channel, the second axis.
Result<std::vector<ValueId>> import_prelu(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 2, 2));
  ValueId slope = context.input(1);
  const Shape shape = context.input_type(1).shape;
  const int rank = context.input_type(0).shape.rank();
  if (context.opset() < 7 && shape.rank() == 1 && rank > 2) {
    std::vector<std::int64_t> sizes(static_cast<std::size_t>(rank - 1), 1);
    sizes[0] = shape[0];
    slope = TINYC_TRY(context.emit("reshape", {slope}, {{"shape", sizes}}, "slope"));
  }
  return std::vector<ValueId>{TINYC_TRY(context.emit("prelu", {context.input(0), slope}))};
}

}  // namespace

const OpDef& prelu() {
  static const OpDef def =
      binary<Prelu>("prelu", "x where x >= 0, slope·x elsewhere; the slope broadcasts.",
                  {{"PRelu", import_prelu}});
  return def;
}

}  // namespace tinyc::ops
