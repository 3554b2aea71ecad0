#include <Eigen/Core>

#include "lib/ops/dense.h"
#include "lib/ops/import_util.h"
#include "lib/ops/packed_weights.h"

namespace tinyc::ops {
namespace {

// x seen as [rows, depth], weights [outputs, depth].
struct Sizes {
  std::int64_t rows, depth, outputs;
};

Result<Sizes> sizes_of(const NodeView& node) {
  const Shape& x = node.operand(0).shape;
  const Shape& w = node.operand(1).shape;
  if (x.rank() < 1 || w.rank() != 2 || x[x.rank() - 1] != w[1])
    return node.error("TC4011", "weights of shape " + w.to_string() + " (outputs, inputs) do not fit an input of shape " +
                                    x.to_string());
  std::int64_t rows = 1;
  for (int i = 0; i + 1 < x.rank(); ++i) rows *= x[i];
  return Sizes{rows, w[1], w[0]};
}

Result<std::vector<Type>> infer(const NodeView& node) {
  if (!node.has(0) || !node.has(1) || node.operand_count() > 3)
    return node.error("TC4011", "fully_connected takes an input, weights and an optional bias");
  const Sizes sizes = TINYC_TRY(sizes_of(node));
  TINYC_TRY(check_dense_types(node, sizes.outputs));
  Shape shape = node.operand(0).shape;
  shape[shape.rank() - 1] = sizes.outputs;
  return std::vector<Type>{{node.operand(0).dtype, shape}};
}

template <class Acc, class T>
Eigen::Matrix<Acc, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> wide(std::span<const T> data, std::int64_t rows,
                                                                         std::int64_t columns) {
  using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return Eigen::Map<const Matrix>(data.data(), rows, columns).template cast<Acc>();
}

template <class T>
void evaluate_real(const Sizes& s, const NodeView& node, std::span<const Tensor* const> in, Tensor& out) {
  using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using Vector = Eigen::Matrix<T, 1, Eigen::Dynamic>;
  const Eigen::Map<const Matrix> x(in[0]->data<T>().data(), s.rows, s.depth), w(in[1]->data<T>().data(), s.outputs, s.depth);
  Eigen::Map<Matrix> y(out.mutable_data<T>().data(), s.rows, s.outputs);
  y.noalias() = x * w.transpose();
  if (node.has(2)) y.rowwise() += Eigen::Map<const Vector>(in[2]->data<T>().data(), s.outputs);
}

Status eval_float(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const Sizes s = TINYC_TRY(sizes_of(node));
  if (out[0].dtype() == DType::f64) {
    evaluate_real<double>(s, node, in, out[0]);
    return {};
  }
  evaluate_real<float>(s, node, in, out[0]);
  clamp_reals(node.attributes, out[0].mutable_data<float>());
  return {};
}

Status eval_int8(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const Sizes s = TINYC_TRY(sizes_of(node));
  auto x = wide<std::int32_t>(in[0]->data<std::int8_t>(), s.rows, s.depth);
  x.array() -= node.operand(0).quantization->zero_point.front();
  const auto sums = (x * wide<std::int32_t>(in[1]->data<std::int8_t>(), s.outputs, s.depth).transpose()).eval();
  const std::vector<Requantizer> requantizers = channel_requantizers(node, s.outputs);
  const StoredClamp clamp = stored_clamp(node);
  const std::int32_t zero_point = node.result().quantization->zero_point.front();
  const auto y = out[0].mutable_data<std::int8_t>();
  for (std::int64_t r = 0; r < s.rows; ++r)
    for (std::int64_t c = 0; c < s.outputs; ++c) {
      const auto channel = static_cast<std::size_t>(c);
      const std::int32_t sum = sums(r, c) + (node.has(2) ? in[2]->data<std::int32_t>()[channel] : 0);
      y[static_cast<std::size_t>(r * s.outputs + c)] =
          static_cast<std::int8_t>(std::clamp(requantize(sum, requantizers[channel], zero_point), clamp.low, clamp.high));
    }
  return {};
}

Work work(const NodeView& node) {
  const Type& result = node.result();
  const Shape& w = node.operand(1).shape;
  return {.macs = result.shape.elements() * w[1],
          .requantizations = result.is_quantized() ? result.shape.elements() : 0,
          .weight_elements = w.elements() + (node.has(2) ? w[0] : 0)};
}

// For cores with SMLAD.
std::optional<KernelCall> lower_packed(const NodeView& node, const Sizes& s) {
  auto stream = pack_weights(node, s.outputs, 8);
  if (!stream) return std::nullopt;
  KernelCall call{.kernel = "tinyc_fully_connected_packed_s8", .inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  call.reason = "byte-pair weights, eight outputs at a time";
  const StoredClamp clamp = stored_clamp(node);
  call.params = {{"rows", s.rows}, {"inputs", s.depth}, {"outputs", s.outputs}, {"weights", Table{std::move(*stream)}},
                 {"zero_point", node.result().quantization->zero_point.front()},
                 {"clamp_low", clamp.low}, {"clamp_high", clamp.high}};
  call.scratch = Bytes(2 * ((s.depth + 3) / 4 * 4));
  return call;
}

Result<std::vector<KernelCall>> lower(const NodeView& node, const CoreFeatures& features) {
  const Sizes s = TINYC_TRY(sizes_of(node));
  if (!node.constant(1)) return node.error("TC3012", "the weights are computed at run time", "make them constants");
  if (features.dsp)
    if (auto packed = lower_packed(node, s)) return std::vector<KernelCall>{std::move(*packed)};
  KernelCall call;
  call.inputs = {node.operand_ids[0]};
  call.outputs = {node.result_ids[0]};
  if (s.rows == 1) {
    call.kernel = "tinyc_fully_connected_s8";
    call.reason = "one input vector";
    call.params = {{"inputs", s.depth}, {"outputs", s.outputs}};
  } else {
    call.kernel = "tinyc_conv2d_1x1_s8";
    call.reason = "several input vectors";
    call.params = {{"pixels", s.rows}, {"in_channels", s.depth}, {"out_channels", s.outputs}};
  }
  call.params.push_back({"weights", Table{*node.constant(1)}});
  call.params.push_back({"bias", Table{folded_bias(node, s.outputs)}});
  append_requantization(node, s.outputs, call.params);
  return std::vector<KernelCall>{std::move(call)};
}

// --- import of Gemm ---------------------------------------------------------------------------------

Result<ValueId> scaled(ImportContext& context, ValueId value, double factor, std::string_view suffix) {
  if (factor == 1.0) return value;
  Tensor tensor = Tensor::scalar(static_cast<float>(factor)).cast(context.value(value).type().dtype);
  return context.emit("mul", {value, context.constant(std::string(suffix) + "_factor", std::move(tensor))}, {}, suffix);
}

Result<ValueId> transposed(ImportContext& context, ValueId value, std::string_view suffix) {
  return context.emit("transpose", {value}, {{"perm", std::vector<std::int64_t>{1, 0}}}, suffix);
}

// alpha * A' * B' + beta * C. A bias of one element per output becomes the bias operand, others are added.
Result<std::vector<ValueId>> import_gemm(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 2, 3));
  if (context.input_type(0).shape.rank() != 2 || context.input_type(1).shape.rank() != 2)
    return context.invalid("A and B must be matrices, they are " + context.input_type(0).to_string() + " and " +
                           context.input_type(1).to_string());
  ValueId a = context.input(0), weights = context.input(1);
  if (TINYC_TRY(integer_attribute(context, "transA", 0))) a = TINYC_TRY(transposed(context, a, "a"));
  if (!TINYC_TRY(integer_attribute(context, "transB", 0))) weights = TINYC_TRY(transposed(context, weights, "weights"));
  const bool is_constant = context.input_constant(1) != nullptr;
  const double alpha = TINYC_TRY(real_attribute(context, "alpha", 1.0));
  if (is_constant) weights = TINYC_TRY(scaled(context, weights, alpha, "alpha"));
  else a = TINYC_TRY(scaled(context, a, alpha, "alpha"));
  if (!context.has_input(2)) return std::vector<ValueId>{TINYC_TRY(context.emit("fully_connected", {a, weights}))};

  ValueId bias = TINYC_TRY(scaled(context, context.input(2), TINYC_TRY(real_attribute(context, "beta", 1.0)), "beta"));
  const std::int64_t outputs = context.value(weights).type().shape[0];
  const Shape shape = context.value(bias).type().shape;
  if (shape.elements() == outputs && (shape.rank() == 0 || shape[shape.rank() - 1] == outputs)) {
    if (shape != Shape{outputs})
      bias = TINYC_TRY(context.emit("reshape", {bias}, {{"shape", std::vector<std::int64_t>{outputs}}}, "bias"));
    return std::vector<ValueId>{TINYC_TRY(context.emit("fully_connected", {a, weights, bias}))};
  }
  const ValueId product = TINYC_TRY(context.emit("fully_connected", {a, weights}, {}, "product"));
  return std::vector<ValueId>{TINYC_TRY(context.emit("add", {product, bias}))};
}

}  // namespace

const OpDef& fully_connected() {
  static const OpDef def{
      .name = "fully_connected",
      .summary = "x[...,K] times the transpose of weights[N,K], plus an optional bias[N].",
      .onnx = {{"Gemm", import_gemm}},
      .infer = infer,
      .eval_float = eval_float,
      .eval_int8 = eval_int8,
      .work = work,
      .quantization = dense_rule,
      .lower = lower,
  };
  return def;
}

}  // namespace tinyc::ops
