#pragma once
// Outputs of emitted C against the interpreter's: integers bit for bit, int8 values that depend on arithmetic in float within a
// step, real numbers within a share of the output's largest magnitude (float_tolerance). Internal to apps/driver.

#include <optional>

#include "apps/driver/harness.h"

namespace tinyc {

struct Difference {
  std::size_t sample = 0, output = 0, element = 0;
  double got = 0, expected = 0;
};

struct Comparison {
  std::optional<Difference> first;      // that is not allowed
  std::optional<double> largest_error;  // of real outputs, as a share of the output's largest magnitude
  bool identical = true;                // bit for bit
};

// `got` may have fewer samples than `expected`; `inexact` says of each output whether it depends on arithmetic in float.
Comparison compare(const Samples& got, const Samples& expected, const std::vector<bool>& inexact);

// |got - expected| where both are finite, 0 where they are the same, infinite otherwise.
double error_of(float got, float expected);

// The largest finite magnitude of real numbers; 0 of none.
double largest_magnitude(const Tensor& tensor);

}  // namespace tinyc
