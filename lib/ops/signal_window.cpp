// ONNX HannWindow, HammingWindow and BlackmanWindow, whose size must be constant: constants.

#include <algorithm>
#include <cmath>

#include "lib/ops/import_util.h"

namespace tinyc::ops {
namespace {

// a0 - a1 * cos(2 * pi * n / N) + a2 * cos(4 * pi * n / N), n = 0 .. size - 1; N is the size, or one less when the window
// is symmetric.
Result<std::vector<ValueId>> import_window(ImportContext& context, double a0, double a1, double a2) {
  TINYC_TRY(check_inputs(context, 1, 1));
  const auto sizes = TINYC_TRY(constant_integers(context, 0, "size"));
  const DType dtype = TINYC_TRY(checked_dtype(context, TINYC_TRY(integer_attribute(context, "output_datatype", 1))));
  const bool periodic = TINYC_TRY(integer_attribute(context, "periodic", 1)) != 0;
  constexpr std::int64_t most = 1 << 20;
  if (sizes.size() != 1 || sizes[0] < 1 || sizes[0] > most) return context.invalid("the size is out of range");
  const auto period = static_cast<double>(periodic ? sizes[0] : std::max<std::int64_t>(sizes[0] - 1, 1));
  std::vector<double> window;
  for (std::int64_t n = 0; n < sizes[0]; ++n) {
    const double angle = 2 * 3.14159265358979323846 * static_cast<double>(n) / period;
    window.push_back(a0 - a1 * std::cos(angle) + a2 * std::cos(2 * angle));
  }
  return std::vector{context.constant("window", Tensor::of(Shape{sizes[0]}, window).cast(dtype))};
}

}  // namespace

const std::vector<OnnxImport>& signal_window() {
  static const std::vector<OnnxImport> imports{
      {"HannWindow", [](ImportContext& context) { return import_window(context, 0.5, 0.5, 0); }},
      {"HammingWindow", [](ImportContext& context) { return import_window(context, 25.0 / 46, 21.0 / 46, 0); }},
      {"BlackmanWindow", [](ImportContext& context) { return import_window(context, 0.42, 0.5, 0.08); }}};
  return imports;
}

}  // namespace tinyc::ops
