// average_pool: the mean of each window of x[N,H,W,C], per channel; padding counts as zeros with
// count_include_pad = 1 and not at all otherwise. ONNX AveragePool and GlobalAveragePool.

#include "lib/ops/binary_int8.h"
#include "lib/ops/elementwise.h"
#include "lib/ops/float_call.h"
#include "lib/ops/gradient.h"
#include "lib/ops/import_util.h"
#include "lib/ops/mean_int8.h"
#include "lib/ops/pool.h"
#include "lib/quant/clamp.h"

namespace tinyc::ops {
namespace {

bool padding_counts(const NodeView& node) { return node.attributes.integer("count_include_pad") != 0; }

Result<std::vector<Type>> infer(const NodeView& node) {
  const bool counts = TINYC_TRY(require_integer(node, "count_include_pad")) != 0;
  auto types = TINYC_TRY(infer_pool(node, counts));
  if (!accepts_dtype(Accepts::reals, types[0].dtype) && !node.operand(0).quantization)
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

Status gradient(const NodeView& node, std::span<const Tensor* const>, std::span<const Tensor* const> out,
                std::span<const Tensor* const> out_gradients, std::span<Tensor* const> in_gradients) {
  if (!in_gradients[0]) return {};
  const Tensor bounded = through_clamp(node.attributes, *out[0], *out_gradients[0]);
  const Window2d window = checked_pool_window(node);
  const Shape& shape = node.operand(0).shape;
  const std::int64_t channels = shape[3];
  float* to = in_gradients[0]->mutable_data<float>().data();
  for_each_window(node, [&](std::int64_t pixel, std::int64_t row, std::int64_t column, std::int64_t origin) {
    const std::int64_t count = counted_taps(window[0], row, shape[1], padding_counts(node)).count() *
                               counted_taps(window[1], column, shape[2], padding_counts(node)).count();
    const float* g = bounded.data<float>().data() + pixel * channels;
    const float share = 1.0f / static_cast<float>(count);
    for_each_tap(window, shape, row, column, origin, [&](std::int64_t tap) {
      for (std::int64_t c = 0; c < channels; ++c) to[tap * channels + c] += g[c] * share;
    });
  });
  return {};
}

// The smallest and the largest number of taps counted along an axis.
struct CountRange {
  std::int64_t least, most;
  std::int64_t different() const { return most - least + 1; }
};

CountRange count_range(const NodeView& node, const WindowAxis& axis, int dimension) {
  const std::int64_t input = node.operand(0).shape[dimension];
  CountRange range{axis.kernel, 1};
  for (std::int64_t i = 0; i < node.result().shape[dimension]; ++i) {
    const std::int64_t count = counted_taps(axis, i, input, padding_counts(node)).count();
    range = {std::min(range.least, count), std::max(range.most, count)};
  }
  return range;
}

// What the mean of rows * columns counted taps is requantized with: at [rows - least rows][columns - least columns].
struct MeanTable {
  CountRange rows, columns;
  std::vector<Requantizer> requantizers;

  const Requantizer& at(std::int64_t row_count, std::int64_t column_count) const {
    return requantizers[static_cast<std::size_t>((row_count - rows.least) * columns.different() + column_count - columns.least)];
  }
};

Result<MeanTable> mean_table(const NodeView& node) {
  const Window2d window = checked_pool_window(node);
  MeanTable table{count_range(node, window[0], 1), count_range(node, window[1], 2), {}};
  std::vector<std::int64_t> counts;
  for (std::int64_t rows = table.rows.least; rows <= table.rows.most; ++rows)
    for (std::int64_t columns = table.columns.least; columns <= table.columns.most; ++columns)
      counts.push_back(rows * columns);
  table.requantizers = TINYC_TRY(mean_requantizers(node, counts, table.rows.most * table.columns.most));
  return table;
}

Status eval_int8(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const MeanTable table = TINYC_TRY(mean_table(node));
  const Window2d window = checked_pool_window(node);
  const Shape& shape = node.operand(0).shape;
  const std::int32_t in_zero = int8_parameters(node.operand(0)).zero_point.front();
  const std::int32_t out_zero = int8_parameters(node.result()).zero_point.front();
  const ClampBounds bounds = clamp_bounds(node.attributes, int8_parameters(node.result()));
  const auto x = in[0]->data<std::int8_t>();
  const auto y = out[0].mutable_data<std::int8_t>();
  for_each_window(node, [&](std::int64_t pixel, std::int64_t row, std::int64_t column, std::int64_t origin) {
    const Requantizer& requantizer =
        table.at(counted_taps(window[0], row, shape[1], padding_counts(node)).count(),
                 counted_taps(window[1], column, shape[2], padding_counts(node)).count());
    for (std::int64_t c = 0; c < shape[3]; ++c) {
      std::int32_t sum = 0;
      for_each_tap(window, shape, row, column, origin,
                   [&](std::int64_t tap) { sum += x[static_cast<std::size_t>(tap * shape[3] + c)] - in_zero; });
      y[static_cast<std::size_t>(pixel * shape[3] + c)] =
          static_cast<std::int8_t>(bounds.apply(requantize(sum, requantizer, out_zero)));
    }
  });
  return {};
}

// The rows and columns whose taps an average divides by.
void append_counted(KernelCall& call, const NodeView& node) {
  const auto [y, x] = checked_pool_window(node);
  const Shape& in = node.operand(0).shape;
  const bool counts = padding_counts(node);
  append(call, "count_top", counts ? -y.pad_before : 0);
  append(call, "count_bottom", in[1] + (counts ? y.pad_after - y.uncounted : 0));
  append(call, "count_left", counts ? -x.pad_before : 0);
  append(call, "count_right", in[2] + (counts ? x.pad_after - x.uncounted : 0));
}

Result<std::vector<KernelCall>> lower(const NodeView& node, const CoreFeatures&) {
  const MeanTable table = TINYC_TRY(mean_table(node));
  KernelCall call{.kernel = "tinyc_average_pool_s8", .inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  append_window(call, node);
  append_counted(call, node);
  append(call, "min_rows", table.rows.least);
  append(call, "min_columns", table.columns.least);
  append(call, "column_counts", table.columns.different());
  append(call, "in_zero_point", int8_parameters(node.operand(0)).zero_point.front());
  std::vector<std::int32_t> multipliers;
  for (const Requantizer& requantizer : table.requantizers) multipliers.push_back(requantizer.multiplier);
  const Shape size{static_cast<std::int64_t>(multipliers.size())};
  call.params.push_back({"multiplier", Table{Tensor::of(size, multipliers)}});
  append(call, "left_shift", table.requantizers.front().left_shift);
  append(call, "zero_point", int8_parameters(node.result()).zero_point.front());
  append_clamp(call, node);
  return std::vector{std::move(call)};
}

Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  TINYC_TRY(check_single_precision(node));
  KernelCall call = float_call(node, "tinyc_average_pool_f32");
  append_window(call, node);
  append_counted(call, node);
  append_real_clamp(call, node.attributes);
  return std::vector{std::move(call)};
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
                        .eval_int8 = eval_int8,
                        .work = work,
                        .quantization = rule,
                        .lower = lower,
                        .gradient = gradient,
                        .lower_float = lower_float};
  return op;
}

}  // namespace tinyc::ops
