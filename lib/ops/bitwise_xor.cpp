#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

struct BitwiseXor {
  static constexpr Accepts accepts = Accepts::integers;
  explicit BitwiseXor(const Attributes&) {}
  template <class T>
  T operator()(T x, T y) const { return static_cast<T>(x ^ y); }
};

}  // namespace

const OpDef& bitwise_xor() {
  static const OpDef def =
      binary<BitwiseXor>("bitwise_xor", "The bits in one operand but not the other, with NumPy broadcasting.",
                  {{"BitwiseXor", [](ImportContext& context) { return import_binary(context, "bitwise_xor"); }}});
  return def;
}

}  // namespace tinyc::ops
