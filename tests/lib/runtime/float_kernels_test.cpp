// The kernels of float graphs, whose elements may be integers too, against the interpreter: random cases of every operator.

#include <math.h>

#include <catch2/catch.hpp>

#include <cstring>
#include <limits>

#include "tests/lib/runtime/float_case.h"

namespace portable {
#include "lib/runtime/abs_f32.h"
#include "lib/runtime/acos_f32.h"
#include "lib/runtime/acosh_f32.h"
#include "lib/runtime/add_f32.h"
#include "lib/runtime/arg_extreme_f32.h"
#include "lib/runtime/arg_extreme_int.h"
#include "lib/runtime/asin_f32.h"
#include "lib/runtime/asinh_f32.h"
#include "lib/runtime/atan_f32.h"
#include "lib/runtime/atanh_f32.h"
#include "lib/runtime/binary_int.h"
#include "lib/runtime/cast_any.h"
#include "lib/runtime/ceil_f32.h"
#include "lib/runtime/celu_f32.h"
#include "lib/runtime/clip_int.h"
#include "lib/runtime/copy_constant_bytes.h"
#include "lib/runtime/copy_rows_bytes.h"
#include "lib/runtime/cos_f32.h"
#include "lib/runtime/cosh_f32.h"
#include "lib/runtime/cum_sum_f32.h"
#include "lib/runtime/cum_sum_int.h"
#include "lib/runtime/dequantize_linear_any.h"
#include "lib/runtime/div_f32.h"
#include "lib/runtime/elu_f32.h"
#include "lib/runtime/equal_f32.h"
#include "lib/runtime/erf_f32.h"
#include "lib/runtime/exp_f32.h"
#include "lib/runtime/floor_f32.h"
#include "lib/runtime/gather_bytes.h"
#include "lib/runtime/gather_elements_bytes.h"
#include "lib/runtime/gather_nd_bytes.h"
#include "lib/runtime/gelu_f32.h"
#include "lib/runtime/gelu_tanh_f32.h"
#include "lib/runtime/greater_f32.h"
#include "lib/runtime/greater_or_equal_f32.h"
#include "lib/runtime/hard_sigmoid_f32.h"
#include "lib/runtime/hard_swish_f32.h"
#include "lib/runtime/hardmax_f32.h"
#include "lib/runtime/is_inf_f32.h"
#include "lib/runtime/is_nan_f32.h"
#include "lib/runtime/layer_norm_f32.h"
#include "lib/runtime/leaky_relu_f32.h"
#include "lib/runtime/less_f32.h"
#include "lib/runtime/less_or_equal_f32.h"
#include "lib/runtime/local_response_norm_f32.h"
#include "lib/runtime/log_f32.h"
#include "lib/runtime/max_f32.h"
#include "lib/runtime/min_f32.h"
#include "lib/runtime/mish_f32.h"
#include "lib/runtime/mod_f32.h"
#include "lib/runtime/mul_f32.h"
#include "lib/runtime/neg_f32.h"
#include "lib/runtime/one_hot_bytes.h"
#include "lib/runtime/pad_bytes.h"
#include "lib/runtime/pick_bytes.h"
#include "lib/runtime/pow_any.h"
#include "lib/runtime/pow_f32.h"
#include "lib/runtime/prelu_f32.h"
#include "lib/runtime/quantize_linear_any.h"
#include "lib/runtime/reciprocal_f32.h"
#include "lib/runtime/reduce_int.h"
#include "lib/runtime/reduce_l1_f32.h"
#include "lib/runtime/reduce_l2_f32.h"
#include "lib/runtime/reduce_log_sum_exp_f32.h"
#include "lib/runtime/reduce_log_sum_f32.h"
#include "lib/runtime/reduce_max_f32.h"
#include "lib/runtime/reduce_mean_f32.h"
#include "lib/runtime/reduce_min_f32.h"
#include "lib/runtime/reduce_prod_f32.h"
#include "lib/runtime/reduce_sum_f32.h"
#include "lib/runtime/reduce_sum_square_f32.h"
#include "lib/runtime/resize_f32.h"
#include "lib/runtime/reverse_sequence_bytes.h"
#include "lib/runtime/round_f32.h"
#include "lib/runtime/scatter_elements_any.h"
#include "lib/runtime/scatter_nd_any.h"
#include "lib/runtime/selu_f32.h"
#include "lib/runtime/shrink_f32.h"
#include "lib/runtime/sigmoid_f32.h"
#include "lib/runtime/sign_f32.h"
#include "lib/runtime/sin_f32.h"
#include "lib/runtime/sinh_f32.h"
#include "lib/runtime/softplus_f32.h"
#include "lib/runtime/softsign_f32.h"
#include "lib/runtime/sqrt_f32.h"
#include "lib/runtime/sub_f32.h"
#include "lib/runtime/swish_f32.h"
#include "lib/runtime/take_bytes.h"
#include "lib/runtime/tan_f32.h"
#include "lib/runtime/tanh_f32.h"
#include "lib/runtime/thresholded_relu_f32.h"
#include "lib/runtime/top_k_f32.h"
#include "lib/runtime/top_k_int.h"
#include "lib/runtime/transpose_bytes.h"
#include "lib/runtime/transpose_f32.h"
#include "lib/runtime/trilu_bytes.h"
#include "lib/runtime/unary_int.h"
#include "lib/runtime/where_bytes.h"
}  // namespace portable

namespace tinyc {
namespace {

using namespace float_case;

using Integers = std::vector<std::int64_t>;

const Kernels& kernels() {
#define TINYC_ENTRY(name) {"tinyc_" #name, kernel(portable::tinyc_##name)}
  static const Kernels table{
      TINYC_ENTRY(abs_f32),
      TINYC_ENTRY(acos_f32),
      TINYC_ENTRY(acosh_f32),
      TINYC_ENTRY(add_f32),
      TINYC_ENTRY(arg_extreme_f32),
      TINYC_ENTRY(arg_extreme_int),
      TINYC_ENTRY(asin_f32),
      TINYC_ENTRY(asinh_f32),
      TINYC_ENTRY(atan_f32),
      TINYC_ENTRY(atanh_f32),
      TINYC_ENTRY(binary_int),
      TINYC_ENTRY(cast_any),
      TINYC_ENTRY(ceil_f32),
      TINYC_ENTRY(celu_f32),
      TINYC_ENTRY(clip_int),
      TINYC_ENTRY(copy_constant_bytes),
      TINYC_ENTRY(copy_rows_bytes),
      TINYC_ENTRY(cos_f32),
      TINYC_ENTRY(cosh_f32),
      TINYC_ENTRY(cum_sum_f32),
      TINYC_ENTRY(cum_sum_int),
      TINYC_ENTRY(dequantize_linear_any),
      TINYC_ENTRY(div_f32),
      TINYC_ENTRY(elu_f32),
      TINYC_ENTRY(equal_f32),
      TINYC_ENTRY(erf_f32),
      TINYC_ENTRY(exp_f32),
      TINYC_ENTRY(floor_f32),
      TINYC_ENTRY(gather_bytes),
      TINYC_ENTRY(gather_elements_bytes),
      TINYC_ENTRY(gather_nd_bytes),
      TINYC_ENTRY(gelu_f32),
      TINYC_ENTRY(gelu_tanh_f32),
      TINYC_ENTRY(greater_f32),
      TINYC_ENTRY(greater_or_equal_f32),
      TINYC_ENTRY(hard_sigmoid_f32),
      TINYC_ENTRY(hard_swish_f32),
      TINYC_ENTRY(hardmax_f32),
      TINYC_ENTRY(is_inf_f32),
      TINYC_ENTRY(is_nan_f32),
      TINYC_ENTRY(layer_norm_f32),
      TINYC_ENTRY(leaky_relu_f32),
      TINYC_ENTRY(less_f32),
      TINYC_ENTRY(less_or_equal_f32),
      TINYC_ENTRY(local_response_norm_f32),
      TINYC_ENTRY(log_f32),
      TINYC_ENTRY(max_f32),
      TINYC_ENTRY(min_f32),
      TINYC_ENTRY(mish_f32),
      TINYC_ENTRY(mod_f32),
      TINYC_ENTRY(mul_f32),
      TINYC_ENTRY(neg_f32),
      TINYC_ENTRY(one_hot_bytes),
      TINYC_ENTRY(pad_bytes),
      TINYC_ENTRY(pick_bytes),
      TINYC_ENTRY(pow_any),
      TINYC_ENTRY(pow_f32),
      TINYC_ENTRY(prelu_f32),
      TINYC_ENTRY(quantize_linear_any),
      TINYC_ENTRY(reciprocal_f32),
      TINYC_ENTRY(reduce_int),
      TINYC_ENTRY(reduce_l1_f32),
      TINYC_ENTRY(reduce_l2_f32),
      TINYC_ENTRY(reduce_log_sum_exp_f32),
      TINYC_ENTRY(reduce_log_sum_f32),
      TINYC_ENTRY(reduce_max_f32),
      TINYC_ENTRY(reduce_mean_f32),
      TINYC_ENTRY(reduce_min_f32),
      TINYC_ENTRY(reduce_prod_f32),
      TINYC_ENTRY(reduce_sum_f32),
      TINYC_ENTRY(reduce_sum_square_f32),
      TINYC_ENTRY(resize_f32),
      TINYC_ENTRY(reverse_sequence_bytes),
      TINYC_ENTRY(round_f32),
      TINYC_ENTRY(scatter_elements_any),
      TINYC_ENTRY(scatter_nd_any),
      TINYC_ENTRY(selu_f32),
      TINYC_ENTRY(shrink_f32),
      TINYC_ENTRY(sigmoid_f32),
      TINYC_ENTRY(sign_f32),
      TINYC_ENTRY(sin_f32),
      TINYC_ENTRY(sinh_f32),
      TINYC_ENTRY(softplus_f32),
      TINYC_ENTRY(softsign_f32),
      TINYC_ENTRY(sqrt_f32),
      TINYC_ENTRY(sub_f32),
      TINYC_ENTRY(swish_f32),
      TINYC_ENTRY(take_bytes),
      TINYC_ENTRY(tan_f32),
      TINYC_ENTRY(tanh_f32),
      TINYC_ENTRY(thresholded_relu_f32),
      TINYC_ENTRY(top_k_f32),
      TINYC_ENTRY(top_k_int),
      TINYC_ENTRY(transpose_bytes),
      TINYC_ENTRY(transpose_f32),
      TINYC_ENTRY(trilu_bytes),
      TINYC_ENTRY(unary_int),
      TINYC_ENTRY(where_bytes),
  };
#undef TINYC_ENTRY
  return table;
}

// --- random operands --------------------------------------------------------------------------------

// A few infinities and NaNs among ordinary numbers.
Tensor with_specials(Rng& rng, Tensor tensor) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  const float specials[] = {infinity, -infinity, NAN, -0.0f, 0.0f, 1e-40f};
  for (float& value : tensor.mutable_data<float>())
    if (rng.integer(0, 5) == 0) value = specials[rng.integer(0, 5)];
  return tensor;
}

Tensor integers(Rng& rng, DType dtype, const Shape& shape, std::int64_t low, std::int64_t high) {
  Tensor tensor(DType::i64, shape);
  for (std::int64_t& value : tensor.mutable_data<std::int64_t>()) value = rng.integer(low, high);
  return tensor.cast(dtype);
}

constexpr DType integer_types[] = {DType::i8, DType::u8, DType::i16, DType::u16, DType::i32, DType::u32, DType::i64, DType::u64};
DType any_integer(Rng& rng) { return integer_types[rng.integer(0, 7)]; }

// Any bits.
Tensor full_range(Rng& rng, DType dtype, const Shape& shape) {
  Tensor tensor(dtype, shape);
  for (std::byte& byte : tensor.mutable_bytes())
    byte = dtype == DType::boolean ? static_cast<std::byte>(rng.integer(0, 1)) : static_cast<std::byte>(rng.integer(0, 255));
  return tensor;
}

Tensor of_type(Rng& rng, DType dtype, const Shape& shape) {
  return dtype == DType::f32 ? reals(rng, shape, -3, 3) : full_range(rng, dtype, shape);
}

Tensor anything(Rng& rng, const Shape& shape) {
  constexpr DType types[] = {DType::f32, DType::f32, DType::boolean, DType::i8, DType::u16, DType::i32, DType::i64};
  const DType dtype = types[rng.integer(0, 6)];
  return dtype == DType::f32 ? reals(rng, shape, -9, 9) : full_range(rng, dtype, shape);
}

Shape any_shape(Rng& rng, std::int64_t least = 0, std::int64_t most = 4) {
  Integers sizes(static_cast<std::size_t>(rng.integer(least, most)));
  for (auto& size : sizes) size = rng.integer(0, 3) ? rng.integer(1, 5) : 1;
  return Shape(sizes);
}

// The shape with random axes of size 1, perhaps without leading ones.
Shape broadcast_from(Rng& rng, const Shape& shape) {
  Integers sizes = shape.sizes();
  for (auto& size : sizes)
    if (rng.integer(0, 2) == 0) size = 1;
  while (!sizes.empty() && sizes.front() == 1 && rng.integer(0, 1) == 0) sizes.erase(sizes.begin());
  return Shape(sizes);
}

// A function of reals; its arguments lie in [low, high], or anywhere with specials among them.
struct Unary {
  const char* op;
  double low = -9, high = 9;
  Attributes attributes = {};
};

std::vector<Unary> unary_functions() {
  return {{"abs"}, {"acos", -1, 1}, {"acosh", 1, 50}, {"asin", -1, 1}, {"asinh"}, {"atan"}, {"atanh", -0.99, 0.99}, {"ceil"},
          {"celu", -9, 9, {{"alpha", 1.5}}}, {"cos"}, {"cosh"}, {"elu", -9, 9, {{"alpha", 2.5}}}, {"erf", -3, 3}, {"exp"},
          {"floor"}, {"gelu", -9, 9, {{"approximate", std::string("none")}}},
          {"gelu", -9, 9, {{"approximate", std::string("tanh")}}}, {"hard_sigmoid", -9, 9, {{"alpha", 0.3}, {"beta", 0.6}}},
          {"hard_swish"}, {"leaky_relu", -9, 9, {{"alpha", 0.1}}}, {"log", 0.001, 99}, {"mish"}, {"neg"}, {"reciprocal"},
          {"round"}, {"selu", -9, 9, {{"alpha", 1.6}, {"gamma", 1.1}}}, {"shrink", -2, 2, {{"bias", 0.25}, {"lambd", 0.5}}},
          {"sigmoid"}, {"sign"}, {"sin"}, {"sinh"}, {"softplus"}, {"softsign"}, {"sqrt", 0, 99}, {"swish"}, {"tan", -1.5, 1.5}, {"tanh"},
          {"thresholded_relu", -9, 9, {{"alpha", 1.0}}}, {"is_nan"},
          {"is_inf", -9, 9, {{"detect_negative", std::int64_t{1}}, {"detect_positive", std::int64_t{0}}}}};
}

Case random_unary(Rng& rng, int round) {
  static const std::vector<Unary> functions = unary_functions();
  const Unary& f = functions[static_cast<std::size_t>(round) % functions.size()];
  Tensor x = reals(rng, any_shape(rng), f.low, f.high);
  if (round % 2) x = with_specials(rng, x);
  return {f.op, {x}, f.attributes};
}

Case random_integer_unary(Rng& rng, int round) {
  const char* const ops[] = {"neg", "abs", "sign", "bitwise_not", "relu", "logical_not", "clip"};
  const std::string op = ops[round % 7];
  Attributes attributes;
  if (op == "clip") random_clamp(rng, attributes);
  return {op, {full_range(rng, op == "logical_not" ? DType::boolean : any_integer(rng), any_shape(rng))}, attributes};
}

Case random_binary(Rng& rng, int round) {
  const char* const ops[] = {"add", "sub", "mul", "div", "max", "min", "mod", "prelu", "pow",
                             "equal", "greater", "greater_or_equal", "less", "less_or_equal"};
  const std::string op = ops[round % 14];
  Shape a_shape = any_shape(rng), b_shape = a_shape;
  if (rng.integer(0, 1)) b_shape = broadcast_from(rng, a_shape);
  if (rng.integer(0, 3) == 0) std::swap(a_shape, b_shape);
  const auto operand = [&](const Shape& shape, double low) {
    Tensor tensor = reals(rng, shape, low, 4);
    if (op.find('e') != op.npos) for (float& value : tensor.mutable_data<float>()) value = std::round(value);
    return rng.integer(0, 2) || op == "mod" ? tensor : with_specials(rng, tensor);
  };
  Attributes attributes;
  if (round % 14 < 6) random_clamp(rng, attributes);
  if (op == "mod") attributes.set("fmod", std::int64_t{1});
  return {op, {operand(a_shape, op == "pow" ? 0 : -4), operand(b_shape, op == "mod" ? 1 : -4)}, attributes};
}

Case random_integer_binary(Rng& rng, int round) {
  const char* const ops[] = {"add", "sub", "mul", "div", "mod", "max", "min", "prelu", "bitwise_and", "bitwise_or", "bitwise_xor",
                             "bit_shift", "equal", "greater", "greater_or_equal", "less", "less_or_equal",
                             "logical_and", "logical_or", "logical_xor", "equal"};
  const std::string op = ops[round % 21];
  const DType dtype = round % 21 > 16 ? DType::boolean : any_integer(rng);
  const Shape shape = any_shape(rng);
  const auto operand = [&](const Shape& of) {
    return rng.integer(0, 1) || dtype == DType::boolean ? full_range(rng, dtype, of) : integers(rng, dtype, of, 0, 9);
  };
  Attributes attributes;
  if (op == "mod") attributes.set("fmod", rng.integer(0, 1));
  if (op == "bit_shift") attributes.set("direction", std::string(rng.integer(0, 1) ? "LEFT" : "RIGHT"));
  if (op == "add" || op == "max") random_clamp(rng, attributes);
  return {op, {operand(shape), operand(broadcast_from(rng, shape))}, attributes};
}

// Powers that fit, of small numbers by small numbers.
Case random_mixed_pow(Rng& rng, int) {
  const auto number = [&](const Shape& shape, std::int64_t low, std::int64_t high, bool real) {
    return integers(rng, real ? DType::f32 : rng.integer(0, 1) ? DType::i32 : DType::i64, shape, low, high);
  };
  const Shape shape = any_shape(rng);
  const bool real_base = rng.integer(0, 1) == 1;
  return {"pow", {number(shape, real_base ? 1 : -3, 5, real_base), number(broadcast_from(rng, shape), real_base ? -3 : 0, 4, false)}};
}

Case random_cast(Rng& rng, int round) {
  constexpr DType types[] = {DType::i8, DType::u8, DType::i16, DType::u16, DType::i32, DType::u32,
                             DType::i64, DType::u64, DType::boolean, DType::f32};
  const DType from = types[round % 10], to = types[(round + rng.integer(1, 9)) % 10];
  const Shape shape = any_shape(rng);
  Tensor x = from == DType::f32 ? reals(rng, shape, -9, 9) : full_range(rng, from, shape);
  if (from == DType::f32 && rng.integer(0, 1))
    for (float& value : x.mutable_data<float>()) value *= static_cast<float>(std::exp2(rng.uniform(0, 70)));
  return {"cast", {x}, {{"to", std::string(to_string(to))}}};
}

// Parameters of all elements, of some axes, or of each.
Case random_linear(Rng& rng, int round) {
  constexpr DType types[] = {DType::i8, DType::u8, DType::i16, DType::u16, DType::i32};
  const DType dtype = types[rng.integer(0, 4)];
  const Shape shape = any_shape(rng);
  const Tensor scale = reals(rng, broadcast_from(rng, shape), 0.01, 0.5);
  const Tensor zero_point = integers(rng, dtype, broadcast_from(rng, shape), 0, 20);
  if (round % 2) return {"dequantize_linear", {full_range(rng, dtype, shape), scale, zero_point}};
  return {"quantize_linear", {with_specials(rng, reals(rng, shape, -50, 50)), scale, zero_point}};
}

Case random_where(Rng& rng, int) {
  const Shape shape = any_shape(rng);
  const Tensor a = anything(rng, broadcast_from(rng, shape));
  const Tensor b = of_type(rng, a.dtype(), broadcast_from(rng, shape));
  return {"where", {full_range(rng, DType::boolean, shape), a, b}};
}

// --- movement and indexing ---------------------------------------------------------------------------

Case random_movement(Rng& rng, int round) {
  const Shape shape = any_shape(rng, 1, 5);
  const auto rank = static_cast<std::size_t>(shape.rank());
  const Tensor x = anything(rng, shape);
  Integers perm, repeats, starts, sizes, steps(rank, 1), pads(2 * rank, 0), expanded = shape.sizes();
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const std::int64_t size = shape[static_cast<int>(axis)];
    perm.insert(perm.begin() + rng.integer(0, static_cast<std::int64_t>(axis)), static_cast<std::int64_t>(axis));
    repeats.push_back(rng.integer(1, 2));
    sizes.push_back(rng.integer(1, size));
    starts.push_back(rng.integer(0, size - sizes.back()));
    if (rng.integer(0, 2) == 0) starts.back() += sizes.back() - 1, steps[axis] = -1;
    pads[axis] = rng.integer(-size + 1, 2);
    pads[axis + rank] = rng.integer(0, 2);
    if (size == 1) expanded[axis] = rng.integer(1, 3);
  }
  if (rank > 4) pads.assign(2 * rank, 0), pads[1] = 2;
  const char* const modes[] = {"constant", "edge", "reflect", "wrap"};
  switch (round % 5) {
    case 0: return {"transpose", {x}, {{"perm", perm}}};
    case 1: return {"tile", {x}, {{"repeats", repeats}}};
    case 2: return {"slice", {x}, {{"starts", starts}, {"steps", steps}, {"sizes", sizes}}};
    case 3: return {"expand", {x}, {{"shape", expanded}}};
    default: return {"pad", {x}, {{"pads", pads}, {"mode", std::string(modes[rng.integer(0, 3)])}, {"value", rng.integer(0, 1) ? 0.0 : 1.0}}};
  }
}

Case random_concat(Rng& rng, int) {
  Shape shape = any_shape(rng, 1, 4);
  const std::int64_t axis = rng.integer(0, shape.rank() - 1);
  Case test{"concat", {anything(rng, shape)}, {{"axis", axis}}};
  for (std::int64_t i = rng.integer(0, 2); i > 0; --i) {
    shape[static_cast<int>(axis)] = rng.integer(1, 4);
    Tensor next = test.operands[0].dtype() == DType::f32 ? reals(rng, shape, 0, 1) : full_range(rng, test.operands[0].dtype(), shape);
    test.operands.push_back(std::move(next));
    if (rng.integer(0, 1)) test.constants.insert(test.operands.size() - 1);
  }
  return test;
}

DType index_type(Rng& rng) { return rng.integer(0, 1) ? DType::i64 : DType::i32; }

Case random_gather(Rng& rng, int) {
  const Shape shape = any_shape(rng, 1, 3);
  const std::int64_t axis = rng.integer(0, shape.rank() - 1), size = shape[static_cast<int>(axis)];
  const Tensor indices = integers(rng, index_type(rng), any_shape(rng, 0, 2), -size, size - 1);
  return {"gather", {anything(rng, shape), indices}, {{"axis", axis}}, rng.integer(0, 3) ? std::set<std::size_t>{} : std::set<std::size_t>{1}};
}

// Indices, one for each place of a part of x's shape.
struct ElementIndices {
  Tensor indices;
  std::int64_t axis;
};
ElementIndices element_indices(Rng& rng, const Shape& shape) {
  const std::int64_t axis = rng.integer(0, shape.rank() - 1), size = shape[static_cast<int>(axis)];
  Shape part = shape;
  for (int i = 0; i < part.rank(); ++i) part[i] = rng.integer(1, part[i] + (i == axis ? 2 : 0));
  return {integers(rng, index_type(rng), part, -size, size - 1), axis};
}

const char* reduction(Rng& rng) {
  constexpr const char* names[] = {"none", "add", "mul", "max", "min"};
  return names[rng.integer(0, 4)];
}

Case random_elements(Rng& rng, int round) {
  const Shape shape = any_shape(rng, 1, 4);
  const ElementIndices at = element_indices(rng, shape);
  const Tensor x = anything(rng, shape);
  if (round % 2) return {"gather_elements", {x, at.indices}, {{"axis", at.axis}}};
  return {"scatter_elements", {x, at.indices, of_type(rng, x.dtype(), at.indices.shape())},
          {{"axis", at.axis}, {"reduction", std::string(reduction(rng))}}};
}

// x[batches.., 3, 2, inner..] and tuples of up to two coordinates.
Case random_tuples(Rng& rng, int round) {
  const bool gathers = round % 2 == 1;
  const std::int64_t batch_dims = gathers ? rng.integer(0, 2) : 0, depth = rng.integer(1, 2);
  Integers sizes, index_sizes, update_sizes;
  for (std::int64_t i = 0; i < batch_dims; ++i) sizes.push_back(rng.integer(1, 3));
  index_sizes = sizes;
  for (std::int64_t i = rng.integer(0, 2); i > 0; --i) index_sizes.push_back(rng.integer(1, 3));
  if (index_sizes.empty()) index_sizes.push_back(2);
  if (static_cast<std::int64_t>(index_sizes.size()) == batch_dims) index_sizes.push_back(1);
  update_sizes = index_sizes;
  index_sizes.push_back(depth);
  sizes.push_back(3), sizes.push_back(2);
  if (depth == 1) update_sizes.push_back(2);
  for (std::int64_t i = rng.integer(0, 2); i > 0; --i) sizes.push_back(rng.integer(1, 3)), update_sizes.push_back(sizes.back());
  const Tensor x = anything(rng, Shape(sizes)), indices = integers(rng, index_type(rng), Shape(index_sizes), -2, 1);
  if (gathers) return {"gather_nd", {x, indices}, {{"batch_dims", batch_dims}}};
  return {"scatter_nd", {x, indices, of_type(rng, x.dtype(), Shape(update_sizes))}, {{"reduction", std::string(reduction(rng))}}};
}

Case random_misc(Rng& rng, int round) {
  const Shape shape = any_shape(rng, 2, 4);
  const Tensor x = anything(rng, shape);
  if (round % 3 == 0) return {"trilu", {x}, {{"upper", rng.integer(0, 1)}, {"k", rng.integer(-4, 4)}}};
  if (round % 3 == 1) {
    const std::int64_t time = rng.integer(0, 1);
    return {"reverse_sequence", {x, integers(rng, DType::i64, {shape[1 - static_cast<int>(time)]}, 0, shape[static_cast<int>(time)])},
            {{"time_axis", time}, {"batch_axis", 1 - time}}};
  }
  const std::int64_t depth = rng.integer(1, 5);
  Tensor indices = integers(rng, rng.integer(0, 1) ? DType::f32 : index_type(rng), any_shape(rng, 0, 3), -6, 6);
  if (indices.dtype() == DType::f32)
    for (float& value : indices.mutable_data<float>()) value += static_cast<float>(rng.uniform(-0.9, 0.9));
  return {"one_hot", {indices, of_type(rng, x.dtype(), {2})}, {{"depth", depth}, {"axis", rng.integer(0, indices.shape().rank())}}};
}

// --- along axes -------------------------------------------------------------------------------------

// Numbers with equal ones among them.
Tensor ranked(Rng& rng, const Shape& shape) {
  const DType dtype = rng.integer(0, 1) ? DType::f32 : any_integer(rng);
  return rng.integer(0, 1) ? of_type(rng, dtype, shape) : integers(rng, dtype, shape, 0, 3);
}

Case random_along_axis(Rng& rng, int round) {
  const Shape shape = any_shape(rng, 1, 4);
  const std::int64_t axis = rng.integer(0, shape.rank() - 1);
  const Tensor x = ranked(rng, shape);
  switch (round % 4) {
    case 0:
      return {rng.integer(0, 1) ? "arg_max" : "arg_min", {x},
              {{"axis", axis}, {"keepdims", rng.integer(0, 1)}, {"select_last_index", rng.integer(0, 1)}}};
    case 1: return {"top_k", {x}, {{"axis", axis}, {"k", rng.integer(1, shape[static_cast<int>(axis)])}, {"largest", rng.integer(0, 1)}}};
    case 2: return {"cum_sum", {x}, {{"axis", axis}, {"exclusive", rng.integer(0, 1)}, {"reverse", rng.integer(0, 1)}}};
    default: return {"hardmax", {integers(rng, DType::f32, shape, 0, 3)}, {{"axis", axis}}};
  }
}

Case random_normalization(Rng& rng, int round) {
  const Shape shape = any_shape(rng, 1, 4);
  Tensor x = reals(rng, shape, -3, 3);
  if (round % 3 == 0)
    return {"local_response_norm", {x},
            {{"axis", rng.integer(0, shape.rank() - 1)}, {"size", rng.integer(1, 5)}, {"alpha", 0.7}, {"beta", 0.6}, {"bias", 1.5}}};
  Integers axes;
  for (std::int64_t axis = 0; axis < shape.rank(); ++axis)
    if (rng.integer(0, 1)) axes.push_back(axis);
  std::vector<Tensor> operands{x};
  for (std::int64_t i = rng.integer(0, 2); i > 0; --i) {  // scale and bias, each with some of the axes
    Shape own = shape;
    for (int axis = 0; axis < own.rank(); ++axis)
      if (rng.integer(0, 1)) own[axis] = 1;
    operands.push_back(reals(rng, own, -2, 2));
  }
  return {"layer_norm", operands, {{"axes", axes}, {"epsilon", 0.1}}};
}

Case random_reduction(Rng& rng, int round) {
  const char* const ops[] = {"reduce_sum", "reduce_mean", "reduce_l1", "reduce_sum_square", "reduce_prod", "reduce_max", "reduce_min",
                             "reduce_l2", "reduce_log_sum", "reduce_log_sum_exp"};
  const std::string op = ops[round % 10];
  const bool real = round % 10 > 6 || rng.integer(0, 1) == 1;
  const Shape shape = any_shape(rng, 0, 5);
  Integers axes;
  for (int axis = 0; axis < shape.rank(); ++axis)
    if (rng.integer(0, 1)) axes.push_back(axis);
  const bool truth = !real && (op == "reduce_max" || op == "reduce_min") && rng.integer(0, 3) == 0;
  Tensor x = real ? reals(rng, shape, op == "reduce_log_sum" ? 0.1 : -3, 3) : full_range(rng, truth ? DType::boolean : any_integer(rng), shape);
  if (op == "reduce_prod" && real) x = reals(rng, shape, 0.9, 1.1);
  return {op, {x}, {{"axes", axes}, {"keepdims", rng.integer(0, 1)}}};
}

Case random_resize(Rng& rng, int round) {
  const Shape shape = any_shape(rng, 1, 5);
  const char* const modes[] = {"linear", "cubic", "nearest"};
  const char* const coordinates[] = {"half_pixel", "align_corners", "asymmetric", "pytorch_half_pixel", "tf_crop_and_resize"};
  Integers sizes = shape.sizes();
  std::vector<double> scales(sizes.size(), 1.0), roi(2 * sizes.size(), 0.0);
  const std::int64_t first = rng.integer(0, shape.rank() - 1);
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
    roi[axis] = -0.25, roi[axis + sizes.size()] = 1.25;
    const auto at = static_cast<std::int64_t>(axis) - first;
    if (at < 0 || at > 2 || rng.integer(0, 3) == 0) continue;
    sizes[axis] = rng.integer(1, 7);
    scales[axis] = static_cast<double>(sizes[axis]) / static_cast<double>(shape.sizes()[axis]);
  }
  const bool crops = round % 5 == 4 && shape.rank() <= 3;
  Attributes attributes{{"sizes", sizes}, {"scales", scales}, {"mode", std::string(modes[rng.integer(0, 2)])},
                        {"coordinates", std::string(coordinates[crops ? 4 : rng.integer(0, 3)])},
                        {"nearest", std::string("round_prefer_floor")}};
  if (crops) attributes.set("roi", roi), attributes.set("extrapolation", 10.0);
  return {"resize", {reals(rng, shape, -3, 3)}, attributes};
}

}  // namespace

TEST_CASE("kernels of float graphs compute what the interpreter does") {
  check_cases(kernels(), {
      {random_unary, 400}, {random_integer_unary, 150}, {random_binary, 800}, {random_integer_binary, 1000},
      {random_mixed_pow, 100}, {random_cast, 300}, {random_linear, 300}, {random_where, 200}, {random_movement, 500},
      {random_concat, 100},
      {random_gather, 100}, {random_elements, 200}, {random_tuples, 200}, {random_misc, 200}, {random_along_axis, 500},
      {random_normalization, 300}, {random_resize, 200}, {random_reduction, 600}});
}

}  // namespace tinyc
