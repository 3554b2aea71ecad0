#pragma once
// A static shape. Every product of sizes is checked: a shape whose element count exceeds
// max_elements cannot be made from a user's file.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace tinyc {

class Shape {
 public:
  static constexpr std::int64_t max_elements = std::int64_t{1} << 31;
  static constexpr int max_rank = 8;

  Shape() = default;  // a scalar
  Shape(std::initializer_list<std::int64_t> sizes) : sizes_(sizes) {}
  explicit Shape(std::vector<std::int64_t> sizes) : sizes_(std::move(sizes)) {}

  int rank() const { return static_cast<int>(sizes_.size()); }
  std::int64_t operator[](int axis) const { return sizes_[static_cast<std::size_t>(axis)]; }
  std::int64_t& operator[](int axis) { return sizes_[static_cast<std::size_t>(axis)]; }
  const std::vector<std::int64_t>& sizes() const { return sizes_; }
  auto begin() const { return sizes_.begin(); }
  auto end() const { return sizes_.end(); }
  bool operator==(const Shape&) const = default;

  // The number of elements (1 for a scalar). The shape must be valid().
  std::int64_t elements() const;
  // No negative size, rank at most max_rank, no more than max_elements elements.
  bool valid() const;
  // Row-major strides in elements.
  std::vector<std::int64_t> strides() const;
  std::string to_string() const;  // "[1,49,10]"

 private:
  std::vector<std::int64_t> sizes_;
};

// An axis in [-rank, rank) brought into [0, rank); nothing when out of range.
std::optional<int> normalize_axis(std::int64_t axis, int rank);

// NumPy broadcasting of two shapes; nothing when they do not match.
std::optional<Shape> broadcast(const Shape& a, const Shape& b);

}  // namespace tinyc
