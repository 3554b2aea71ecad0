#include <Eigen/Core>

#include <algorithm>

#include "lib/ops/checks.h"
#include "lib/ops/dense.h"
#include "lib/ops/elementwise.h"
#include "lib/ops/float_call.h"
#include "lib/ops/gemm.h"
#include "lib/ops/gradient.h"
#include "lib/ops/import_util.h"

namespace tinyc::ops {
namespace {

// A batch of products [rows, depth] x [depth, columns]; matrix b of the result uses matrices a_of[b] and b_of[b].
struct Sizes {
  std::int64_t rows, depth, columns;
  std::vector<std::int64_t> a_of, b_of;
  Shape result;
};

Shape batch_of(const Shape& shape) { return Shape(std::vector<std::int64_t>(shape.begin(), shape.end() - 2)); }

// For every index of `result`, the index of the element of `operand` that broadcasts to it.
std::vector<std::int64_t> broadcast_indices(const Shape& operand, const Shape& result) {
  const std::vector<std::int64_t> strides = operand.strides();
  std::vector<std::int64_t> indices(static_cast<std::size_t>(result.elements()), 0);
  for (std::size_t i = 0; i < indices.size(); ++i) {
    auto rest = static_cast<std::int64_t>(i);
    for (int axis = result.rank() - 1; axis >= 0; --axis) {
      const std::int64_t at = rest % result[axis];
      rest /= result[axis];
      const int own = axis - (result.rank() - operand.rank());
      if (own >= 0 && operand[own] != 1) indices[i] += at * strides[static_cast<std::size_t>(own)];
    }
  }
  return indices;
}

Result<Sizes> sizes_of(const NodeView& node) {
  const Shape& a = node.operand(0).shape;
  const Shape& b = node.operand(1).shape;
  if (a.rank() < 2 || b.rank() < 2 || a[a.rank() - 1] != b[b.rank() - 2])
    return node.error("TC4011", "matrices of shape " + a.to_string() + " and " + b.to_string() + " do not multiply");
  const auto batch = broadcast(batch_of(a), batch_of(b));
  if (!batch)
    return node.error("TC4011", "the batches of " + a.to_string() + " and " + b.to_string() + " do not broadcast");
  std::vector<std::int64_t> shape = batch->sizes();
  shape.push_back(a[a.rank() - 2]);
  shape.push_back(b[b.rank() - 1]);
  return Sizes{a[a.rank() - 2], a[a.rank() - 1], b[b.rank() - 1], broadcast_indices(batch_of(a), *batch),
               broadcast_indices(batch_of(b), *batch), Shape(std::move(shape))};
}

Result<std::vector<Type>> infer(const NodeView& node) {
  if (node.operand_count() != 2 || !node.has(0) || !node.has(1))
    return node.error("TC4011", "matmul takes two operands");
  const Sizes sizes = TINYC_TRY(sizes_of(node));
  TINYC_TRY(check_clamp(node));
  if (node.operand(0).dtype != node.operand(1).dtype ||
      node.operand(0).is_quantized() != node.operand(1).is_quantized())
    return node.error("TC4011", "matmul of " + node.operand(0).to_string() + " and " + node.operand(1).to_string());
  return std::vector<Type>{{node.operand(0).dtype, sizes.result}};
}

template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class T>
using ConstMatrix = Eigen::Map<const Matrix<T>>;

template <class T>
void evaluate(const Sizes& s, std::span<const Tensor* const> in, Tensor& out) {
  const T *a = in[0]->data<T>().data(), *b = in[1]->data<T>().data();
  T* y = out.mutable_data<T>().data();
  for (std::size_t i = 0; i < s.a_of.size(); ++i, y += s.rows * s.columns)
    Eigen::Map<Matrix<T>>(y, s.rows, s.columns).noalias() =
        ConstMatrix<T>(a + s.a_of[i] * s.rows * s.depth, s.rows, s.depth) *
        ConstMatrix<T>(b + s.b_of[i] * s.depth * s.columns, s.depth, s.columns);
}

Status eval_float(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const Sizes s = TINYC_TRY(sizes_of(node));
  switch (out[0].dtype()) {
    case DType::f32: evaluate<float>(s, in, out[0]); break;
    case DType::f64: evaluate<double>(s, in, out[0]); break;
    case DType::i32: evaluate<std::int32_t>(s, in, out[0]); break;
    case DType::i64: evaluate<std::int64_t>(s, in, out[0]); break;
    case DType::u32: evaluate<std::uint32_t>(s, in, out[0]); break;
    case DType::u64: evaluate<std::uint64_t>(s, in, out[0]); break;
    default: return unsupported_dtype(node, out[0].dtype());
  }
  clamp_elements(node.attributes, out[0]);
  return {};
}

Status gradient(const NodeView& node, std::span<const Tensor* const> in, std::span<const Tensor* const> out,
                std::span<const Tensor* const> out_gradients, std::span<Tensor* const> in_gradients) {
  const Sizes s = TINYC_TRY(sizes_of(node));
  const Tensor bounded = through_clamp(node.attributes, *out[0], *out_gradients[0]);
  const float* g = bounded.data<float>().data();
  using Rows = Eigen::Map<Matrix<float>>;
  for (std::size_t i = 0; i < s.a_of.size(); ++i, g += s.rows * s.columns) {
    const std::int64_t a = s.a_of[i] * s.rows * s.depth, b = s.b_of[i] * s.depth * s.columns;
    const ConstMatrix<float> gradient(g, s.rows, s.columns);
    if (in_gradients[0])
      Rows(in_gradients[0]->mutable_data<float>().data() + a, s.rows, s.depth).noalias() +=
          gradient * ConstMatrix<float>(in[1]->data<float>().data() + b, s.depth, s.columns).transpose();
    if (in_gradients[1])
      Rows(in_gradients[1]->mutable_data<float>().data() + b, s.depth, s.columns).noalias() +=
          ConstMatrix<float>(in[0]->data<float>().data() + a, s.rows, s.depth).transpose() * gradient;
  }
  return {};
}

// A product of no terms asks for no particular scale of its result.
Requantizer requantizer_of(const NodeView& node) {
  const double ratio = static_cast<double>(node.operand(0).quantization->scale.front()) *
                       node.operand(1).quantization->scale.front() / node.result().quantization->scale.front();
  return make_requantizer(std::min(ratio, saturating_ratio));
}

Status eval_int8(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const Sizes s = TINYC_TRY(sizes_of(node));
  const Requantizer requantizer = requantizer_of(node);
  const StoredClamp clamp = stored_clamp(node);
  const std::int32_t zero_point = node.result().quantization->zero_point.front();
  const std::vector<float> a = centered(*in[0], node.operand(0)), b = centered(*in[1], node.operand(1));
  std::vector<std::int32_t> sums(static_cast<std::size_t>(s.rows * s.columns));
  std::int8_t* y = out[0].mutable_data<std::int8_t>().data();
  for (std::size_t i = 0; i < s.a_of.size(); ++i, y += sums.size()) {
    const Matrix<float> columns =
        ConstMatrix<float>(b.data() + s.b_of[i] * s.depth * s.columns, s.depth, s.columns).transpose();
    gemm({s.rows, s.columns, s.depth, s.columns}, a.data() + s.a_of[i] * s.rows * s.depth, columns.data(), sums.data());
    std::transform(sums.begin(), sums.end(), y, [&](std::int32_t sum) {
      return static_cast<std::int8_t>(std::clamp(requantize(sum, requantizer, zero_point), clamp.low, clamp.high));
    });
  }
  return {};
}

Work work(const NodeView& node) {
  const Type& result = node.result();
  const Shape& a = node.operand(0).shape;
  return {.macs = result.shape.elements() * a[a.rank() - 1],
          .requantizations = result.is_quantized() ? result.shape.elements() : 0,
          .weight_elements = node.constant(1) ? node.constant(1)->elements() : 0};
}

QuantRule rule(const NodeView& node) {
  const Shape& a = node.operand(0).shape;
  return {.products = a[a.rank() - 1]};
}

Result<std::vector<KernelCall>> lower(const NodeView& node, const CoreFeatures&) {
  const Sizes s = TINYC_TRY(sizes_of(node));
  const std::array<Shape, 2> batches{batch_of(node.operand(0).shape), batch_of(node.operand(1).shape)};
  BroadcastLoops loops = broadcast_loops(batch_of(s.result), batches);
  if (loops.size.size() > 2)
    return node.error("TC3012", "the batches " + batches[0].to_string() + " and " + batches[1].to_string() +
                                    " broadcast along more than two separate axes", "expand one operand");
  if (loops.size.size() < 2)
    loops.size.insert(loops.size.begin(), 1), loops.stride.insert(loops.stride.begin(), {0, 0, 0});
  const StoredClamp clamp = stored_clamp(node);
  const Requantizer requantizer = requantizer_of(node);
  if (s.depth * 255 * 255 >> (31 - requantizer.left_shift) != 0)
    return node.error("TC3012", "a product over " + std::to_string(s.depth) + " elements could overflow 32 bits",
                      "split the product");
  KernelCall call{.kernel = "tinyc_matmul_s8",
                  .inputs = {node.operand_ids[0], node.operand_ids[1]},
                  .outputs = {node.result_ids[0]}};
  call.reason = "two computed operands";
  call.params = {{"batches0", loops.size[0]},
                 {"batches1", loops.size[1]},
                 {"rows", s.rows},
                 {"depth", s.depth},
                 {"columns", s.columns},
                 {"a_stride0", loops.stride[0][0] * s.rows * s.depth},
                 {"a_stride1", loops.stride[1][0] * s.rows * s.depth},
                 {"b_stride0", loops.stride[0][1] * s.depth * s.columns},
                 {"b_stride1", loops.stride[1][1] * s.depth * s.columns},
                 {"a_zero_point", node.operand(0).quantization->zero_point.front()},
                 {"b_zero_point", node.operand(1).quantization->zero_point.front()},
                 {"multiplier", requantizer.multiplier},
                 {"left_shift", requantizer.left_shift},
                 {"zero_point", node.result().quantization->zero_point.front()},
                 {"clamp_low", clamp.low},
                 {"clamp_high", clamp.high}};
  return std::vector<KernelCall>{std::move(call)};
}

Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  const Sizes s = TINYC_TRY(sizes_of(node));
  TINYC_TRY(check_single_precision(node));
  const auto batches = static_cast<std::int64_t>(s.a_of.size());
  // Where the matrices of an operand begin: evenly, or by a table.
  const auto table = [&](const Shape& shape, const std::vector<std::int64_t>& of, std::int64_t size) {
    const std::int64_t matrices = batch_of(shape).elements();
    if (matrices == batches || matrices == 1) return Tensor(DType::i32, Shape{0});
    std::vector<std::int32_t> offsets;
    for (const std::int64_t matrix : of) offsets.push_back(static_cast<std::int32_t>(matrix * size));
    return Tensor::of(Shape{batches}, offsets);
  };
  const std::int64_t a_size = s.rows * s.depth, b_size = s.depth * s.columns;
  const Shape &a = node.operand(0).shape, &b = node.operand(1).shape;
  KernelCall call = float_call(node, "tinyc_matmul_f32");
  call.params = {{"batches", batches}, {"rows", s.rows}, {"depth", s.depth}, {"columns", s.columns},
                 {"a_stride", batch_of(a).elements() == 1 ? 0 : a_size},
                 {"b_stride", batch_of(b).elements() == 1 ? 0 : b_size},
                 {"a_of", Table{table(a, s.a_of, a_size)}}, {"b_of", Table{table(b, s.b_of, b_size)}}};
  append_real_clamp(call, node.attributes);
  return std::vector<KernelCall>{std::move(call)};
}

// A vector operand becomes a matrix of one row or one column, whose axis the result loses again.
Result<std::vector<ValueId>> import_matmul(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 2, 2));
  using Integers = std::vector<std::int64_t>;
  ValueId a = context.input(0), b = context.input(1);
  const Shape a_shape = context.input_type(0).shape, b_shape = context.input_type(1).shape;
  if (a_shape.rank() == 0 || b_shape.rank() == 0) return context.invalid("scalars do not multiply as matrices");
  if (a_shape.rank() == 1) a = TINYC_TRY(context.emit("reshape", {a}, {{"shape", Integers{1, a_shape[0]}}}, "a"));
  if (b_shape.rank() == 1) b = TINYC_TRY(context.emit("reshape", {b}, {{"shape", Integers{b_shape[0], 1}}}, "b"));
  ValueId result = TINYC_TRY(context.emit("matmul", {a, b}));
  if (a_shape.rank() == 1 || b_shape.rank() == 1) {
    Integers shape = context.value(result).type().shape.sizes();
    if (b_shape.rank() == 1) shape.pop_back();
    if (a_shape.rank() == 1) shape.erase(shape.end() - (b_shape.rank() == 1 ? 1 : 2));
    result = TINYC_TRY(context.emit("reshape", {result}, {{"shape", shape}}, "vector"));
  }
  return std::vector<ValueId>{result};
}

}  // namespace

const OpDef& matmul() {
  static const OpDef def{
      .name = "matmul",
      .summary = "a[...,M,K] times b[...,K,N]; the batches broadcast.",
      .onnx = {{"MatMul", import_matmul}},
      .infer = infer,
      .eval_float = with_halves_as_floats<eval_float>,
      .eval_int8 = eval_int8,
      .work = work,
      .quantization = rule,
      .lower = lower,
      .gradient = gradient,
      .lower_float = lower_float,
  };
  return def;
}

}  // namespace tinyc::ops
