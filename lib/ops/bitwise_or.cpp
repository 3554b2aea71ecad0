#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

struct BitwiseOr {
  static constexpr Accepts accepts = Accepts::integers;
  explicit BitwiseOr(const Attributes&) {}
  template <class T>
  T operator()(T x, T y) const { return static_cast<T>(x | y); }
};

}  // namespace

const OpDef& bitwise_or() {
  static const OpDef def =
      binary<BitwiseOr>("bitwise_or", "The bits in either operand, with NumPy broadcasting.",
                  {{"BitwiseOr", [](ImportContext& context) { return import_binary(context, "bitwise_or"); }}});
  return def;
}

}  // namespace tinyc::ops
