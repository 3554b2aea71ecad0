#include "lib/ops/binary_int8.h"
#include "lib/ops/import_util.h"
#include "lib/ops/predicate.h"

namespace tinyc::ops {
namespace {

struct IsInf {
  static constexpr Accepts accepts = Accepts::reals;
  static Status check(const NodeView& view) {
    TINYC_TRY(require_integer(view, "detect_negative"));
    TINYC_TRY(require_integer(view, "detect_positive"));
    return {};
  }
  explicit IsInf(const Attributes& attributes)
      : negative(attributes.integer("detect_negative") != 0), positive(attributes.integer("detect_positive") != 0) {}
  bool operator()(double x) const { return std::isinf(x) && (x < 0 ? negative : positive); }
  bool negative, positive;
};

Result<std::vector<ValueId>> import_is_inf(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 1, 1));
  Attributes attributes;
  for (const char* name : {"detect_negative", "detect_positive"})
    attributes.set(name, TINYC_TRY(integer_attribute(context, name, 1)));
  return std::vector<ValueId>{TINYC_TRY(context.emit("is_inf", {context.input(0)}, std::move(attributes)))};
}

Result<std::vector<KernelCall>> lower_float(const NodeView& view, const CoreFeatures&) {
  auto calls = TINYC_TRY(lower_unary(view, {}));
  for (const char* name : {"detect_negative", "detect_positive"}) append(calls[0], name, view.attributes.integer(name));
  return calls;
}

}  // namespace

const OpDef& is_inf() {
  static const OpDef def = [] {
    OpDef op = predicate<IsInf>("is_inf", "Whether x is infinite, of the signs that detect_negative and detect_positive ask for.",
                                {{"IsInf", import_is_inf}});
    op.lower_float = lower_float;
    return op;
  }();
  return def;
}

}  // namespace tinyc::ops
