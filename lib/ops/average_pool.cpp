// average_pool: the mean of each window of x[N,H,W,C], per channel; padding counts as zeros with
// count_include_pad = 1 and not at all otherwise. ONNX AveragePool and GlobalAveragePool.

#include "lib/ops/elementwise.h"
#include "lib/ops/import_util.h"
#include "lib/ops/pool.h"

namespace tinyc::ops {
namespace {

bool padding_counts(const NodeView& node) { return node.attributes.integer("count_include_pad") != 0; }

Result<std::vector<Type>> infer(const NodeView& node) {
  const bool counts = TINYC_TRY(require_integer(node, "count_include_pad")) != 0;
  auto types = TINYC_TRY(infer_pool(node, counts));
  if (!types[0].quantization && !accepts_dtype(Accepts::reals, types[0].dtype) && !node.operand(0).quantization)
    return unsupported_dtype(node, types[0].dtype);
  return types;
}

template <class T>
void reduce_windows(const NodeView& node, std::span<const T> x, std::span<T> y) {
  const Window2d window = checked_pool_window(node);
  const Shape& in = node.operand(0).shape;
  const bool counts = padding_counts(node);
  const std::int64_t channels = in[3];
  std::vector<double> sums(static_cast<std::size_t>(channels));
  for_each_window(node, [&](std::int64_t pixel, std::int64_t row, std::int64_t column, std::int64_t origin) {
    std::fill(sums.begin(), sums.end(), 0.0);
    for_each_tap(window, in, row, column, origin, [&](std::int64_t tap) {
      const T* from = x.data() + tap * channels;
      for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += static_cast<double>(from[c]);
    });
    const auto count = static_cast<double>(counted_taps(window[0], row, in[1], counts).count() *
                                           counted_taps(window[1], column, in[2], counts).count());
    T* out = y.data() + pixel * channels;
    for (std::size_t c = 0; c < sums.size(); ++c) out[c] = static_cast<T>(sums[c] / count);
  });
}

Status eval_wide(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  visit_dtype(in[0]->dtype(), [&]<class T>(T) {
    if constexpr (std::is_floating_point_v<T>) reduce_windows<T>(node, in[0]->data<T>(), out[0].mutable_data<T>());
    else TINYC_CHECK(false, "inference refused this element type");
  });
  clamp_elements(node.attributes, out[0]);
  return {};
}

QuantRule rule(const NodeView&) { return {}; }

Work work(const NodeView& node) {
  Work work = work_of_pool(node);
  if (node.result().dtype == DType::i8) work.requantizations = node.result().shape.elements();
  return work;
}

Result<std::vector<ValueId>> import_average(ImportContext& context) {
  const std::int64_t counts = TINYC_TRY(integer_attribute(context, "count_include_pad", 0));
  return import_pool(context, "average_pool", {{"count_include_pad", std::int64_t{counts != 0}}});
}

Result<std::vector<ValueId>> import_global(ImportContext& context) {
  return import_global_pool(context, "average_pool", {{"count_include_pad", std::int64_t{0}}});
}

}  // namespace

const OpDef& average_pool() {
  static const OpDef op{.name = "average_pool",
                        .summary = "the mean of each `kernel` window of x[N,H,W,C], per channel",
                        .onnx = {{"AveragePool", import_average}, {"GlobalAveragePool", import_global}},
                        .infer = infer,
                        .eval_float = with_halves_as_floats<eval_wide>,
                        .eval_int8 = "the integer evaluation is not there yet",
                        .work = work,
                        .quantization = rule,
                        .lower = "the kernel is not there yet"};
  return op;
}

}  // namespace tinyc::ops
