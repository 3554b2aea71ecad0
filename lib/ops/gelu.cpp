#include <numbers>

#include "lib/ops/elementwise.h"
#include "lib/ops/import_util.h"

namespace tinyc::ops {
namespace {

struct Gelu {
  static constexpr Accepts accepts = Accepts::reals;
  static Status check(const NodeView& view) {
    const Attribute* attribute = view.attributes.find("approximate");
    const auto* text = attribute ? std::get_if<std::string>(attribute) : nullptr;
    if (text && (*text == "none" || *text == "tanh")) return {};
    return view.error("TC4010", "gelu: the attribute 'approximate' must be \"none\" or \"tanh\"");
  }
  explicit Gelu(const Attributes& attributes) : by_tanh(attributes.text("approximate") == "tanh") {}
  double operator()(double x) const {
    if (by_tanh) return x / 2 * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
    return x / 2 * (1 + std::erf(x / std::numbers::sqrt2));
  }
  bool by_tanh;
};

Result<std::vector<ValueId>> import_gelu(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 1, 1));
  const std::string approximate = TINYC_TRY(attribute_or<std::string>(context, "approximate", "none"));
  return std::vector<ValueId>{TINYC_TRY(context.emit("gelu", {context.input(0)}, {{"approximate", approximate}}))};
}

Result<std::vector<KernelCall>> lower_float(const NodeView& view, const CoreFeatures&) {
  auto calls = TINYC_TRY(lower_unary(view, {}));
  if (Gelu(view.attributes).by_tanh) calls[0].kernel = "tinyc_gelu_tanh_f32";
  return calls;
}

}  // namespace

const OpDef& gelu() {
  static const OpDef def = [] {
    OpDef op = unary<Gelu>("gelu", "x times the normal distribution function of x, or its approximation by tanh.",
                           {{"Gelu", import_gelu}});
    op.lower_float = lower_float;
    return op;
  }();
  return def;
}

}  // namespace tinyc::ops
