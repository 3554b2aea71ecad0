#pragma once
// A prediction: what is expected, and the band that holds what is measured in nine cases of ten.

namespace tinyc {

struct Range {
  double low = 0, expected = 0, high = 0;

  static Range exactly(double value) { return {value, value, value}; }
  Range operator+(const Range& other) const { return {low + other.low, expected + other.expected, high + other.high}; }
  Range& operator+=(const Range& other) { return *this = *this + other; }
  // Of positive factors.
  Range operator*(const Range& other) const { return {low * other.low, expected * other.expected, high * other.high}; }
  Range operator*(double factor) const { return {low * factor, expected * factor, high * factor}; }
};

}  // namespace tinyc
