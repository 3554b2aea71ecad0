#pragma once
// Quantities with their unit in the type. Mixing two of them does not compile.

#include <compare>
#include <cstdint>

namespace tinyc {

template <class Tag, class Rep>
struct Quantity {
  Rep count{};

  constexpr Quantity() = default;
  constexpr explicit Quantity(Rep n) : count(n) {}
  constexpr auto operator<=>(const Quantity&) const = default;
  constexpr Quantity operator+(Quantity other) const { return Quantity(count + other.count); }
  constexpr Quantity operator-(Quantity other) const { return Quantity(count - other.count); }
  constexpr Quantity operator*(Rep factor) const { return Quantity(count * factor); }
  constexpr Quantity& operator+=(Quantity other) { count += other.count; return *this; }
};

using Bytes = Quantity<struct BytesTag, std::int64_t>;
using Cycles = Quantity<struct CyclesTag, double>;
using Nanojoules = Quantity<struct NanojoulesTag, double>;
using Hertz = Quantity<struct HertzTag, double>;

}  // namespace tinyc
