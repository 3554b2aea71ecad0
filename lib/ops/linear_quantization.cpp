#include "lib/ops/linear_quantization.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

constexpr std::int64_t max_behind = 1 << 16;  // elements of a computed constant
constexpr int max_depth = 16;

std::optional<Tensor> evaluate(const Graph& graph, ValueId value, int depth) {
  if (graph.value(value).is_constant()) return graph.value(value).constant();
  const NodeId producer = graph.value(value).producer();
  if (!producer.valid() || depth == 0) return std::nullopt;
  const NodeView node = view(graph, producer);
  if (!node.op.eval_float || node.results.size() != 1 || node.result().shape.elements() > max_behind)
    return std::nullopt;
  std::vector<Tensor> operands;
  std::vector<const Tensor*> in;
  operands.reserve(node.operand_ids.size());
  for (int i = 0; i < node.operand_count(); ++i) {
    if (!node.has(i)) { in.push_back(nullptr); continue; }
    auto operand = evaluate(graph, node.operand_ids[static_cast<std::size_t>(i)], depth - 1);
    if (!operand) return std::nullopt;
    operands.push_back(std::move(*operand));
    in.push_back(&operands.back());
  }
  std::vector<Tensor> out{Tensor(node.result().dtype, node.result().shape)};
  return (*node.op.eval_float)(node, in, out).ok() ? std::optional(std::move(out[0])) : std::nullopt;
}

// Parameters that broadcast to the tensor they belong to.
struct Parameters {
  ValueId scale, zero_point;
};

// One number, or one per index of the axis, in a shape that broadcasts to x.
Result<ValueId> along_axis(ImportContext& context, ValueId parameter, const Shape& x, std::int64_t axis,
                           const std::string& what) {
  const Shape own = context.value(parameter).type().shape;
  Shape wanted;
  if (own.elements() != 1) {
    if (own.rank() != 1)
      return context.unsupported("the " + what + " has shape " + own.to_string() + ": quantization in blocks",
                                 "quantize per tensor or per channel");
    const int along = TINYC_TRY(checked_axis(context, axis, x.rank()));
    if (own[0] != x[along])
      return context.invalid("the " + what + " has " + std::to_string(own[0]) + " elements for axis " +
                             std::to_string(along) + " of " + x.to_string());
    std::vector<std::int64_t> sizes(static_cast<std::size_t>(x.rank()), 1);
    sizes[static_cast<std::size_t>(along)] = own[0];
    wanted = Shape(std::move(sizes));
  }
  if (own == wanted) return parameter;
  if (const auto constant = constant_behind(context.graph(), parameter))
    return context.constant(what == "scale" ? "scale" : "zero_point", constant->reshaped(wanted));
  return context.emit("reshape", {parameter}, {{"shape", wanted.sizes()}}, what == "scale" ? "scale" : "zero_point");
}

Result<Parameters> parameters_of(ImportContext& context, const LinearOperands& operands, DType stored, const Shape& x) {
  if (context.value(operands.scale).type().dtype != DType::f32) return context.invalid("the scale is not a float");
  Parameters parameters;
  parameters.scale = TINYC_TRY(along_axis(context, operands.scale, x, operands.axis, "scale"));
  if (const auto scale = constant_behind(context.graph(), parameters.scale)) {
    const auto values = scale->data<float>();
    if (!std::all_of(values.begin(), values.end(), [](float s) { return std::isfinite(s) && s > 0; }))
      return context.invalid("a scale that is not positive and finite");
  }
  if (!operands.zero_point.valid()) {
    parameters.zero_point = context.constant("zero_point", Tensor(stored, Shape{}));
    return parameters;
  }
  if (context.value(operands.zero_point).type().dtype != stored)
    return context.invalid("the zero point is " + context.value(operands.zero_point).type().to_string() +
                           ", the integers are " + std::string(to_string(stored)));
  parameters.zero_point = TINYC_TRY(along_axis(context, operands.zero_point, x, operands.axis, "zero point"));
  return parameters;
}

}  // namespace

std::optional<Tensor> constant_behind(const Graph& graph, ValueId value) {
  return evaluate(graph, value, max_depth);
}

Result<ValueId> emit_dequantized(ImportContext& context, ValueId stored, const LinearOperands& operands,
                                 std::string_view suffix) {
  const DType dtype = context.value(stored).type().dtype;
  const Shape shape = context.value(stored).type().shape;
  if (!is_stored_type(dtype)) return context.unsupported("integers of type " + std::string(to_string(dtype)));
  const Parameters parameters = TINYC_TRY(parameters_of(context, operands, dtype, shape));
  const auto scale = constant_behind(context.graph(), parameters.scale);
  const auto zero_point = constant_behind(context.graph(), parameters.zero_point);
  if (!context.value(stored).is_constant() || !scale || !zero_point)
    return context.emit("dequantize_linear", {stored, parameters.scale, parameters.zero_point}, {}, suffix);
  const ValueId real = context.constant(suffix.empty() ? "real" : suffix,
                                        dequantize_linear(context.value(stored).constant(), *scale, *zero_point));
  context.graph().set_pinned(real, as_int8(*scale, *zero_point, shape));
  return real;
}

Result<ValueId> emit_quantized(ImportContext& context, ValueId real, const LinearOperands& operands, DType otherwise,
                               std::string_view suffix) {
  const Type type = context.value(real).type();
  if (type.dtype != DType::f32) return context.unsupported("quantization of " + std::string(to_string(type.dtype)));
  const DType dtype = operands.zero_point.valid() ? context.value(operands.zero_point).type().dtype : otherwise;
  if (!is_stored_type(dtype)) return context.unsupported("integers of type " + std::string(to_string(dtype)));
  const Parameters parameters = TINYC_TRY(parameters_of(context, operands, dtype, type.shape));
  return context.emit("quantize_linear", {real, parameters.scale, parameters.zero_point}, {}, suffix);
}

namespace {

// Calls f(element, scale, zero_point) for every element of a tensor.
template <class Stored, class F>
void with_parameters(const Shape& shape, const Tensor& scale, const Tensor& zero_point, F f) {
  const std::array<Shape, 3> shapes{shape, scale.shape(), zero_point.shape()};
  const auto scales = scale.data<float>();
  const auto zeros = zero_point.data<Stored>();
  const BroadcastLoops loops = broadcast_loops(shape, shapes);
  const auto stride = loops.stride.back();
  for_each_run(loops, [&](std::int64_t first, std::int64_t n, const std::array<std::int64_t, 3>& at) {
    for (std::int64_t i = 0; i < n; ++i)
      f(static_cast<std::size_t>(first + i), scales[static_cast<std::size_t>(at[1] + i * stride[1])],
        static_cast<std::int64_t>(zeros[static_cast<std::size_t>(at[2] + i * stride[2])]));
  });
}

// Calls f(T{}) for the type of stored integers.
template <class F>
void visit_stored(DType dtype, F f) {
  switch (dtype) {
    case DType::i8: return f(std::int8_t{});
    case DType::u8: return f(std::uint8_t{});
    case DType::i16: return f(std::int16_t{});
    case DType::u16: return f(std::uint16_t{});
    case DType::i32: return f(std::int32_t{});
    default: TINYC_CHECK(false, "inference refused this element type");
  }
}

}  // namespace

bool is_stored_type(DType dtype) {
  return dtype == DType::i8 || dtype == DType::u8 || dtype == DType::i16 || dtype == DType::u16 || dtype == DType::i32;
}

Tensor dequantize_linear(const Tensor& stored, const Tensor& scale, const Tensor& zero_point) {
  Tensor real(DType::f32, stored.shape());
  const auto out = real.mutable_data<float>();
  visit_stored(stored.dtype(), [&]<class T>(T) {
    const auto in = stored.data<T>();
    with_parameters<T>(stored.shape(), scale, zero_point, [&](std::size_t i, float step, std::int64_t zero) {
      out[i] = static_cast<float>(in[i] - zero) * step;
    });
  });
  return real;
}

Tensor quantize_linear(const Tensor& real, const Tensor& scale, const Tensor& zero_point) {
  Tensor stored(zero_point.dtype(), real.shape());
  const auto in = real.data<float>();
  visit_stored(zero_point.dtype(), [&]<class T>(T) {
    const auto out = stored.mutable_data<T>();
    with_parameters<T>(real.shape(), scale, zero_point, [&](std::size_t i, float step, std::int64_t zero) {
      const double steps = std::nearbyint(in[i] / step);
      const double value = (std::isnan(steps) ? 0 : steps) + static_cast<double>(zero);
      out[i] = static_cast<T>(std::clamp(value, static_cast<double>(std::numeric_limits<T>::min()),
                                         static_cast<double>(std::numeric_limits<T>::max())));
    });
  });
  return stored;
}

std::optional<Quantization> as_int8(const Tensor& scale, const Tensor& zero_point, const Shape& shape) {
  const bool is_unsigned = zero_point.dtype() == DType::u8;
  if (!is_unsigned && zero_point.dtype() != DType::i8) return std::nullopt;
  // The one axis along which a parameter varies; -1: none, -2: several.
  const auto axis_of = [&](const Tensor& parameter) {
    int axis = -1;
    for (int i = 0; i < parameter.shape().rank(); ++i)
      if (parameter.shape()[i] != 1) axis = axis == -1 ? shape.rank() - parameter.shape().rank() + i : -2;
    return axis;
  };
  const int axis = axis_of(scale), zero_axis = axis_of(zero_point);
  if (axis == -2 || zero_axis == -2 || (axis >= 0 && zero_axis >= 0 && axis != zero_axis)) return std::nullopt;
  Quantization result{std::max(axis, zero_axis), {}, {}};
  const auto scales = scale.data<float>();
  const std::vector<std::int64_t> zeros = zero_point.to_integers();
  for (std::size_t c = 0; c < std::max(scales.size(), zeros.size()); ++c) {
    const float each = scales[scales.size() == 1 ? 0 : c];
    if (!std::isnormal(each) || each < 0) return std::nullopt;
    result.scale.push_back(each);
    result.zero_point.push_back(static_cast<std::int32_t>(zeros[zeros.size() == 1 ? 0 : c] - (is_unsigned ? 128 : 0)));
  }
  return result;
}

}  // namespace tinyc::ops
