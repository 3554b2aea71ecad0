#include "lib/ir/shape.h"

#include <algorithm>

#include "lib/support/check.h"

namespace tinyc {

bool Shape::valid() const {
  if (rank() > max_rank) return false;
  std::int64_t product = 1;
  bool empty = false;
  for (const std::int64_t size : sizes_) {
    if (size < 0 || size > max_elements) return false;
    if (size == 0) { empty = true; continue; }
    product *= size;  // both at most 2^31: no overflow
    if (product > max_elements) return false;
  }
  return empty || product <= max_elements;
}

std::int64_t Shape::elements() const {
  TINYC_CHECK(valid(), "elements() of an invalid shape");
  std::int64_t product = 1;
  for (const std::int64_t size : sizes_) product *= size;
  return product;
}

std::vector<std::int64_t> Shape::strides() const {
  std::vector<std::int64_t> strides(sizes_.size(), 1);
  for (int axis = rank() - 2; axis >= 0; --axis)
    strides[static_cast<std::size_t>(axis)] = strides[static_cast<std::size_t>(axis) + 1] * (*this)[axis + 1];
  return strides;
}

std::string Shape::to_string() const {
  std::string text = "[";
  for (const std::int64_t size : sizes_) {
    if (text.size() > 1) text += ',';
    text += std::to_string(size);
  }
  return text + "]";
}

std::optional<int> normalize_axis(std::int64_t axis, int rank) {
  if (axis < -rank || axis >= rank) return std::nullopt;
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

std::optional<Shape> broadcast(const Shape& a, const Shape& b) {
  const int rank = std::max(a.rank(), b.rank());
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(rank));
  for (int i = 0; i < rank; ++i) {
    const std::int64_t x = i < a.rank() ? a[a.rank() - 1 - i] : 1;
    const std::int64_t y = i < b.rank() ? b[b.rank() - 1 - i] : 1;
    if (x != y && x != 1 && y != 1) return std::nullopt;
    sizes[static_cast<std::size_t>(rank - 1 - i)] = x == 1 ? y : x;
  }
  return Shape(std::move(sizes));
}

}  // namespace tinyc
