#pragma once
// What max_pool and average_pool share: x[N,H,W,C], attributes of window.h, clamp_low and clamp_high.

#include "lib/ops/window.h"

namespace tinyc::ops {

// The result's type, without quantization parameters. Every window must have something to reduce: a tap inside
// the input or, where the padding counts, inside the padded input.
Result<std::vector<Type>> infer_pool(const NodeView& node, bool padding_counts);

// The window of a node that inference has accepted.
Window2d checked_pool_window(const NodeView& node);

// The taps of an output position that an average divides by.
WindowAxis::Taps counted_taps(const WindowAxis& axis, std::int64_t output, std::int64_t input, bool padding_counts);

// ONNX's channels-first pools with one to three spatial axes; `extra` joins the attributes.
Result<std::vector<ValueId>> import_pool(ImportContext& context, std::string_view op, Attributes extra = {});
Result<std::vector<ValueId>> import_global_pool(ImportContext& context, std::string_view op, Attributes extra = {});

// MaxPool with its second output, the index of each maximum in the whole operand.
Result<std::vector<ValueId>> import_max_pool_with_indices(ImportContext& context, const std::vector<WindowAxis>& window);

// Calls f(output pixel, y, x, origin) in row-major order of the result; origin is the index of the input pixel at
// tap (0, 0), which may lie in the padding.
template <class F>
void for_each_window(const NodeView& node, F f) {
  const Window2d window = checked_pool_window(node);
  const Shape& in = node.operand(0).shape;
  const Shape& out = node.result().shape;
  std::int64_t pixel = 0;
  for (std::int64_t n = 0; n < out[0]; ++n)
    for (std::int64_t y = 0; y < out[1]; ++y)
      for (std::int64_t x = 0; x < out[2]; ++x)
        f(pixel++, y, x, (n * in[1] + window[0].start(y)) * in[2] + window[1].start(x));
}

// Calls f(index of an input pixel) for each tap of output position (y, x) that lies inside the input.
template <class F>
void for_each_tap(const Window2d& window, const Shape& in, std::int64_t y, std::int64_t x, std::int64_t origin, F f) {
  const auto rows = window[0].taps_inside(y, in[1]);
  const auto columns = window[1].taps_inside(x, in[2]);
  for (std::int64_t i = rows.first; i < rows.last; ++i)
    for (std::int64_t j = columns.first; j < columns.last; ++j)
      f(origin + i * window[0].dilation * in[2] + j * window[1].dilation);
}

// Parameters of a kernel: the sizes of input and result and the window; the bounds of the result.
void append_window(KernelCall& call, const NodeView& node);
void append_clamp(KernelCall& call, const NodeView& node);

Work work_of_pool(const NodeView& node);

}  // namespace tinyc::ops
