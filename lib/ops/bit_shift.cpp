#include "lib/ops/elementwise.h"
#include "lib/ops/import_util.h"

namespace tinyc::ops {
namespace {

struct BitShift {
  static constexpr Accepts accepts = Accepts::integers;
  static Status check(const NodeView& view) {
    const Attribute* attribute = view.attributes.find("direction");
    const auto* text = attribute ? std::get_if<std::string>(attribute) : nullptr;
    if (text && (*text == "LEFT" || *text == "RIGHT")) return {};
    return view.error("TC4010", "bit_shift: the attribute 'direction' must be \"LEFT\" or \"RIGHT\"");
  }
  explicit BitShift(const Attributes& attributes) : left(attributes.text("direction") == "LEFT") {}
  template <class T>
  T operator()(T x, T by) const {
    using Bits = std::make_unsigned_t<T>;
    if (static_cast<Bits>(by) >= std::numeric_limits<Bits>::digits) return T{0};
    const auto bits = static_cast<std::uint64_t>(static_cast<Bits>(x));
    return static_cast<T>(left ? bits << by : bits >> by);
  }
  bool left;
};

Result<std::vector<ValueId>> import_bit_shift(ImportContext& context) {
  return import_binary(context, "bit_shift", {{"direction", TINYC_TRY(required_attribute<std::string>(context, "direction"))}});
}

}  // namespace

const OpDef& bit_shift() {
  static const OpDef def = binary<BitShift>(
      "bit_shift", "The bits of a moved by b places in the direction \"LEFT\" or \"RIGHT\", with NumPy broadcasting.",
      {{"BitShift", import_bit_shift}});
  return def;
}

}  // namespace tinyc::ops
