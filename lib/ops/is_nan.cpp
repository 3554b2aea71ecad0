#include "lib/ops/predicate.h"

namespace tinyc::ops {
namespace {

struct IsNan {
  static constexpr Accepts accepts = Accepts::reals;
  explicit IsNan(const Attributes&) {}
  bool operator()(double x) const { return std::isnan(x); }
};

}  // namespace

const OpDef& is_nan() {
  static const OpDef def =
      predicate<IsNan>("is_nan", "Whether x is not a number.",
                       {{"IsNaN", [](ImportContext& context) { return import_unary(context, "is_nan"); }}});
  return def;
}

}  // namespace tinyc::ops
