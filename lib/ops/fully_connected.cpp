#include <algorithm>

#include "lib/ops/checks.h"
#include "lib/ops/dense.h"
#include "lib/ops/elementwise.h"
#include "lib/ops/encoded_weights.h"
#include "lib/ops/float_call.h"
#include "lib/ops/gemm.h"
#include "lib/ops/gradient.h"
#include "lib/ops/import_util.h"
#include "lib/ops/mve_weights.h"
#include "lib/ops/packed_weights.h"
#include "lib/ops/triple_weights.h"

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
  TINYC_TRY(check_clamp(node));
  TINYC_TRY(check_dense_types(node, sizes.outputs));
  Shape shape = node.operand(0).shape;
  shape[shape.rank() - 1] = sizes.outputs;
  return std::vector<Type>{{node.operand(0).dtype, shape}};
}

template <class Real>
void evaluate_real(const Sizes& s, const NodeView& node, std::span<const Tensor* const> in, Tensor& out) {
  const auto y = out.mutable_data<Real>();
  gemm({s.rows, s.outputs, s.depth, s.outputs}, in[0]->data<Real>().data(), in[1]->data<Real>().data(), y.data());
  if (node.has(2)) add_bias(in[2]->data<Real>(), y);
}

Status eval_float(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const Sizes s = TINYC_TRY(sizes_of(node));
  if (out[0].dtype() == DType::f64) evaluate_real<double>(s, node, in, out[0]);
  else evaluate_real<float>(s, node, in, out[0]);
  clamp_elements(node.attributes, out[0]);
  return {};
}

Status eval_int8(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const Sizes s = TINYC_TRY(sizes_of(node));
  TINYC_TRY(check_sums(node, *in[1], node.has(2) ? in[2] : nullptr));
  const std::vector<float> x = centered(*in[0], node.operand(0)), weights = centered(*in[1], node.operand(1));
  std::vector<std::int32_t> sums(static_cast<std::size_t>(s.rows * s.outputs));
  gemm({s.rows, s.outputs, s.depth, s.outputs}, x.data(), weights.data(), sums.data());
  requantize_channels(node, in, sums, out[0]);
  return {};
}

Status gradient(const NodeView& node, std::span<const Tensor* const> in, std::span<const Tensor* const> out,
                std::span<const Tensor* const> out_gradients, std::span<Tensor* const> in_gradients) {
  const Sizes s = TINYC_TRY(sizes_of(node));
  const Tensor bounded = through_clamp(node.attributes, *out[0], *out_gradients[0]);
  const float* g = bounded.data<float>().data();
  if (in_gradients[0])
    add_product({s.rows, s.depth, s.outputs, s.depth}, g, s.outputs, in[1]->data<float>().data(),
                in_gradients[0]->mutable_data<float>().data());
  if (in_gradients[1])
    add_transposed_product({s.outputs, s.depth, s.rows, s.depth}, g, s.outputs, in[0]->data<float>().data(),
                           in_gradients[1]->mutable_data<float>().data());
  if (node.has(2) && in_gradients[2]) add_bias_gradient(bounded.data<float>(), in_gradients[2]->mutable_data<float>());
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
std::optional<KernelCall> lower_packed(const NodeView& node, const Sizes& s, Objective objective) {
  auto stream = pack_weights(node, node.constant(1)->data<std::int8_t>(), s.outputs, 8, objective);
  if (!stream) return std::nullopt;
  const bool whole = s.depth % 4 == 0;
  KernelCall call{.inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  const std::string padded = stream->kind == "packed" ? "padded" : "padded_" + stream->kind;
  call.kernel = "tinyc_fully_connected_" + (whole ? stream->kind : padded) + "_s8";
  call.reason = stream->reason + ", eight outputs at a time";
  const StoredClamp clamp = stored_clamp(node);
  call.params = {{"rows", s.rows}, {"inputs", s.depth}, {"outputs", s.outputs}, {"weights", Table{std::move(stream->table)}}};
  if (stream->kind == "nibble") call.params.push_back({"left_shift", stream->left_shift});
  call.params.insert(call.params.end(), {{"zero_point", node.result().quantization->zero_point.front()},
                                         {"clamp_low", clamp.low}, {"clamp_high", clamp.high}});
  if (!whole) call.scratch = Bytes((s.depth + 3) / 4 * 4);
  return call;
}

// For cores with MVE; several input vectors are pixels of a pointwise convolution.
std::optional<KernelCall> lower_mve(const NodeView& node, const Sizes& s) {
  const bool one = s.rows == 1;
  auto stream = mve_weights(node, node.constant(1)->data<std::int8_t>(), s.outputs, one ? 8 : 4);
  if (!stream) return std::nullopt;
  KernelCall call{.inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  if (one) {
    const bool whole = s.depth % 16 == 0;
    call.kernel = whole ? "tinyc_fully_connected_mve_s8" : "tinyc_fully_connected_mve_padded_s8";
    call.reason = "sixteen inputs per instruction, eight outputs at a time";
    call.params = {{"inputs", s.depth}, {"outputs", s.outputs}};
    if (!whole) call.scratch = Bytes(mve_depth(s.depth));
  } else {
    call.kernel = "tinyc_conv2d_1x1_mve_s8";
    call.reason = "several input vectors, sixteen inputs per instruction";
    call.params = {{"pixels", s.rows}, {"in_channels", s.depth}, {"out_channels", s.outputs}};
    call.scratch = Bytes(2 * mve_depth(s.depth));
    call.in_place_input = 0;
  }
  const StoredClamp clamp = stored_clamp(node);
  call.params.insert(call.params.end(), {{"weights", Table{std::move(*stream)}},
                                         {"zero_point", node.result().quantization->zero_point.front()},
                                         {"clamp_low", clamp.low}, {"clamp_high", clamp.high}});
  return call;
}

// For cores without SMLAD: several input vectors are pixels of a pointwise convolution.
std::optional<KernelCall> lower_triples(const NodeView& node, const Sizes& s) {
  auto weights = triple_weights(node, node.constant(1)->data<std::int8_t>(), s.outputs);
  if (!weights) return std::nullopt;
  KernelCall call{.kernel = "tinyc_conv2d_1x1_triple_s8", .inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  call.reason = "three input vectors in two words";
  call.params = {{"pixels", s.rows}, {"in_channels", s.depth}, {"out_channels", s.outputs}};
  call.scratch = weights->patch();
  call.in_place_input = 0;
  append_triples(node, std::move(*weights), call.params);
  return call;
}

// For cores without SMLAD; the stream is that of fully_connected_quad_s8.h.
KernelCall lower_quads(const NodeView& node, const Sizes& s) {
  const std::vector<Requantizer> requantizers = channel_requantizers(node, s.outputs);
  const auto weights = node.constant(1)->data<std::int8_t>();
  const Tensor bias = folded_bias(node, s.outputs);
  std::vector<std::int32_t> stream;
  for (std::int64_t first = 0; first < s.outputs; first += 4) {
    const auto push_each = [&](auto value) {
      for (std::int64_t o = first; o < first + 4; ++o) stream.push_back(o < s.outputs ? value(static_cast<std::size_t>(o)) : 0);
    };
    push_each([&](std::size_t o) { return bias.data<std::int32_t>()[o]; });
    for (std::int64_t k = 0; k < s.depth; ++k) {
      std::uint32_t word = 0x00808080;
      for (std::int64_t o = first; o < std::min(first + 4, s.outputs); ++o)
        word += static_cast<std::uint32_t>(weights[static_cast<std::size_t>(o * s.depth + k)]) << 8 * (o - first);
      stream.push_back(static_cast<std::int32_t>(word));
    }
    push_each([&](std::size_t o) { return static_cast<std::int32_t>(split_multiplier(requantizers[o].multiplier)); });
  }
  KernelCall call{.kernel = "tinyc_fully_connected_quad_s8", .inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  call.reason = "four outputs at a time";
  const StoredClamp clamp = stored_clamp(node);
  call.params = {{"rows", s.rows}, {"inputs", s.depth}, {"outputs", s.outputs},
                 {"weights", Table{Tensor::of<std::int32_t>(Shape{static_cast<std::int64_t>(stream.size())}, stream)}},
                 {"left_shift", requantizers.front().left_shift},
                 {"zero_point", node.result().quantization->zero_point.front()},
                 {"clamp_low", clamp.low}, {"clamp_high", clamp.high}};
  return call;
}

// What every core can run; one input vector alone, or input vectors as pixels.
KernelCall lower_plain(const NodeView& node, const Sizes& s, bool alone) {
  KernelCall call{.inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  if (alone) {
    call.kernel = "tinyc_fully_connected_s8";
    call.reason = "one input vector";
    call.params = {{"inputs", s.depth}, {"outputs", s.outputs}};
  } else {
    call.kernel = "tinyc_conv2d_1x1_s8";
    call.reason = s.rows == 1 ? "one input vector" : "several input vectors";
    call.params = {{"pixels", s.rows}, {"in_channels", s.depth}, {"out_channels", s.outputs}};
  }
  call.params.push_back({"weights", Table{*node.constant(1)}});
  call.params.push_back({"bias", Table{folded_bias(node, s.outputs)}});
  append_requantization(node, s.outputs, call.params);
  return call;
}

KernelCall fastest(const NodeView& node, const Sizes& s, const CoreFeatures& features) {
  if (features.mve)
    if (auto call = lower_mve(node, s)) return std::move(*call);
  if (features.dsp)
    if (auto call = lower_packed(node, s, features.objective)) return std::move(*call);
  if (features.dsp) return lower_plain(node, s, s.rows == 1);
  auto triples = s.rows > 2 ? lower_triples(node, s) : std::nullopt;
  return triples ? std::move(*triples) : lower_quads(node, s);
}

Result<std::vector<KernelCall>> lower(const NodeView& node, const CoreFeatures& features) {
  const Sizes s = TINYC_TRY(sizes_of(node));
  if (!node.constant(1)) return node.error("TC3012", "the weights are computed at run time", "make them constants");
  if (node.has(2) && !node.constant(2)) return node.error("TC3012", "the bias is computed at run time", "make it a constant");
  TINYC_TRY(check_sums(node, *node.constant(1), node.constant(2)));
  if (features.objective != Objective::size) return std::vector<KernelCall>{fastest(node, s, features)};
  return std::vector<KernelCall>{encoded(lower_plain(node, s, false), node.constant(1)->data<std::int8_t>(), s.outputs)};
}

Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  const Sizes s = TINYC_TRY(sizes_of(node));
  TINYC_TRY(check_single_precision(node));
  KernelCall call = float_call(node, "tinyc_fully_connected_f32");
  call.inputs.resize(3);
  call.params = {{"rows", s.rows}, {"inputs", s.depth}, {"outputs", s.outputs}};
  append_real_clamp(call, node.attributes);
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

// The product of Gemm's A and B with their transposes and alpha. Weights that are constant make a fully connected
// layer, to which `bias` may be given; others a matmul.
Result<ValueId> import_product(ImportContext& context, ValueId bias) {
  ValueId a = context.input(0), b = context.input(1);
  const bool transpose_b = TINYC_TRY(integer_attribute(context, "transB", 0)) != 0;
  const double alpha = TINYC_TRY(real_attribute(context, "alpha", 1.0));
  if (TINYC_TRY(integer_attribute(context, "transA", 0))) a = TINYC_TRY(transposed(context, a, "a"));
  if (!context.input_constant(1)) {
    if (transpose_b) b = TINYC_TRY(transposed(context, b, "b"));
    return scaled(context, TINYC_TRY(context.emit("matmul", {a, b})), alpha, "alpha");
  }
  if (!transpose_b) b = TINYC_TRY(transposed(context, b, "weights"));
  b = TINYC_TRY(scaled(context, b, alpha, "alpha"));
  std::vector<ValueId> operands{a, b};
  if (bias.valid()) operands.push_back(bias);
  return context.emit("fully_connected", std::move(operands));
}

// alpha * A' * B' + beta * C. A constant bias of one element per output becomes the bias operand, others are added.
Result<std::vector<ValueId>> import_gemm(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 2, 3));
  const Shape a = context.input_type(0).shape, b = context.input_type(1).shape;
  if (a.rank() != 2 || b.rank() != 2)
    return context.invalid("A and B must be matrices, they have shapes " + a.to_string() + " and " + b.to_string());
  const double beta = TINYC_TRY(real_attribute(context, "beta", 1.0));
  if (!context.has_input(2) || beta == 0) return std::vector<ValueId>{TINYC_TRY(import_product(context, {}))};

  ValueId bias = TINYC_TRY(scaled(context, context.input(2), beta, "beta"));
  const Shape shape = context.value(bias).type().shape;
  const std::int64_t outputs = b[TINYC_TRY(integer_attribute(context, "transB", 0)) ? 0 : 1];
  const bool per_output = shape.elements() == outputs && (shape.rank() == 0 || shape[shape.rank() - 1] == outputs);
  if (!per_output || !context.input_constant(1) || !context.input_constant(2)) {
    const ValueId product = TINYC_TRY(import_product(context, {}));
    if (!broadcast(context.value(product).type().shape, shape))
      return context.invalid("C of shape " + shape.to_string() + " does not broadcast to the product");
    return std::vector<ValueId>{TINYC_TRY(context.emit("add", {product, bias}))};
  }
  if (shape != Shape{outputs})
    bias = TINYC_TRY(context.emit("reshape", {bias}, {{"shape", std::vector<std::int64_t>{outputs}}}, "bias"));
  return std::vector<ValueId>{TINYC_TRY(import_product(context, bias))};
}

}  // namespace

const OpDef& fully_connected() {
  static const OpDef def{
      .name = "fully_connected",
      .summary = "x[...,K] times the transpose of weights[N,K], plus an optional bias[N].",
      .onnx = {{"Gemm", import_gemm}},
      .infer = infer,
      .eval_float = with_halves_as_floats<eval_float>,
      .eval_int8 = eval_int8,
      .work = work,
      .quantization = dense_rule,
      .lower = lower,
      .gradient = gradient,
      .lower_float = lower_float,
  };
  return def;
}

}  // namespace tinyc::ops
