#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

struct BitwiseAnd {
  static constexpr Accepts accepts = Accepts::integers;
  explicit BitwiseAnd(const Attributes&) {}
  template <class T>
  T operator()(T x, T y) const { return static_cast<T>(x & y); }
};

}  // namespace

const OpDef& bitwise_and() {
  static const OpDef def =
      binary<BitwiseAnd>("bitwise_and", "The bits in both operands, with NumPy broadcasting.",
                  {{"BitwiseAnd", [](ImportContext& context) { return import_binary(context, "bitwise_and"); }}});
  return def;
}

}  // namespace tinyc::ops
