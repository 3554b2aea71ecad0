// Random cases of the element-wise kernels, and the kernels in each of their forms against the interpreter.
#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>

#include "lib/ir/builder.h"
#include "lib/ops/ops.h"
#include "tests/lib/runtime/kernel_case.h"

namespace portable {
#include "lib/runtime/add_broadcast_s8.h"
#include "lib/runtime/add_constant_s8.h"
#include "lib/runtime/add_s8.h"
#include "lib/runtime/clip_s8.h"
#include "lib/runtime/div_constant_s8.h"
#include "lib/runtime/div_s8.h"
#include "lib/runtime/extreme_constant_s8.h"
#include "lib/runtime/extreme_s8.h"
#include "lib/runtime/log_softmax_s8.h"
#include "lib/runtime/lookup_table_s8.h"
#include "lib/runtime/mul_broadcast_s8.h"
#include "lib/runtime/mul_constant_s8.h"
#include "lib/runtime/mul_s8.h"
#include "lib/runtime/prelu_constant_s8.h"
#include "lib/runtime/prelu_s8.h"
#include "lib/runtime/requantize_s8.h"
#include "lib/runtime/softmax_s8.h"
}  // namespace portable

namespace tinyc {
namespace {

Quantization random_parameters(Rng& rng, int round) {
  const double exponent = round % 17 == 0 ? -20 : round % 17 == 1 ? 20 : rng.uniform(-9, 3);
  return Quantization::per_tensor(static_cast<float>(std::exp2(exponent)), random_zero_point(rng, round));
}

Shape random_shape(Rng& rng) {
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(rng.integer(0, 4)));
  for (auto& size : sizes) size = rng.integer(1, 6);
  return Shape(sizes);
}

// The shape with random axes of size 1, and perhaps without leading ones.
Shape broadcast_from(Rng& rng, const Shape& shape) {
  std::vector<std::int64_t> sizes = shape.sizes();
  for (auto& size : sizes)
    if (rng.integer(0, 2) == 0) size = 1;
  while (!sizes.empty() && sizes.front() == 1 && rng.integer(0, 1) == 0) sizes.erase(sizes.begin());
  return Shape(sizes);
}

KernelCase make_case(Graph& graph, std::string_view op, std::vector<ValueId> operands, Attributes attributes,
                     const Quantization& parameters, const std::vector<Tensor>& tensors) {
  Builder builder(graph, all_ops());
  const auto result = builder.emit(op, op, std::move(operands), std::move(attributes));
  if (!result.ok()) FAIL(result.error().to_string());
  graph.set_type(*result, {DType::i8, graph.value(*result).type().shape, parameters});
  return make_kernel_case(graph, graph.value(*result).producer(), tensors);
}

KernelCase random_binary(Rng& rng, int round) {
  Shape a_shape = random_shape(rng), b_shape = a_shape;
  if (round % 2) b_shape = broadcast_from(rng, a_shape);
  if (round % 8 == 3) std::swap(a_shape, b_shape);
  const Tensor a = random_i8(rng, a_shape, -128, round), b = random_i8(rng, b_shape, -128, round / 8);
  const Quantization a_parameters = random_parameters(rng, round), b_parameters = random_parameters(rng, round / 2);
  Graph graph;
  const auto operand = [&](const char* name, const Tensor& tensor, const Quantization& parameters, bool constant) {
    return constant ? graph.add_constant(name, tensor, parameters)
                    : graph.add_input(name, {DType::i8, tensor.shape(), parameters});
  };
  const ValueId x = operand("a", a, a_parameters, round % 5 == 0), y = operand("b", b, b_parameters, round % 5 == 1);
  Attributes attributes;
  random_clamp(rng, attributes);
  const char* op = round % 3 == 0 ? "add" : round % 3 == 1 ? "sub" : "mul";
  return make_case(graph, op, {x, y}, attributes, random_parameters(rng, round / 3), {a, b});
}

// Operators that keep the order of their operands, and those whose operands share the result's parameters.
KernelCase random_ordered(Rng& rng, int round) {
  const std::string op = std::vector<std::string>{"max", "min", "div", "prelu"}[static_cast<std::size_t>(round % 4)];
  const bool extreme = round % 4 < 2;
  Shape a_shape = random_shape(rng), b_shape = a_shape;
  if (round % 3) b_shape = broadcast_from(rng, a_shape);
  if (round % 8 >= 6 || (extreme && round % 8 >= 4)) std::swap(a_shape, b_shape);
  const Tensor a = random_i8(rng, a_shape, -128, round / 4), b = random_i8(rng, b_shape, -128, round / 32);
  const Quantization parameters = random_parameters(rng, round / 4);
  const Quantization b_parameters = extreme ? parameters : random_parameters(rng, round / 8);
  Graph graph;
  const bool a_constant = extreme && round % 5 == 0;
  const ValueId x = a_constant ? graph.add_constant("a", a, parameters) : graph.add_input("a", {DType::i8, a_shape, parameters});
  const ValueId y = round % 5 == 1 ? graph.add_constant("b", b, b_parameters)
                                   : graph.add_input("b", {DType::i8, b_shape, b_parameters});
  Attributes attributes;
  random_clamp(rng, attributes);
  return make_case(graph, op, {x, y}, attributes, extreme ? parameters : random_parameters(rng, round / 3), {a, b});
}

KernelCase random_unary(Rng& rng, int round) {
  const Tensor x = random_i8(rng, random_shape(rng), -128, round);
  const Quantization from = random_parameters(rng, round), to = round % 3 == 0 ? from : random_parameters(rng, round / 2);
  Graph graph;
  const ValueId input = graph.add_input("x", {DType::i8, x.shape(), from});
  Attributes attributes;
  switch (round % 4) {
    case 0: return make_case(graph, "relu", {input}, {}, to, {x});
    case 1: random_clamp(rng, attributes); return make_case(graph, "clip", {input}, attributes, to, {x});
    case 2:
      attributes.set("scale", static_cast<double>(to.scale.front()));
      attributes.set("zero_point", std::int64_t{to.zero_point.front()});
      return make_case(graph, "requantize", {input}, attributes, to, {x});
  }
  const Tensor table = random_i8(rng, Shape{256}, -128, 2);
  return make_case(graph, "lookup_table", {input, graph.add_constant("table", table)}, {}, to, {x, table});
}

KernelCase random_softmax(Rng& rng, int round) {
  Shape shape{rng.integer(1, 4), rng.integer(1, 12), rng.integer(1, 4)};
  if (round / 2 % 10 == 0) shape = Shape{1, 3000};  // more summands of 2^23 than fit 32 bits
  if (round / 2 % 10 == 1) shape = Shape{1, 511};
  const Tensor x = random_i8(rng, shape, -128, round / 2);
  Graph graph;
  const ValueId input = graph.add_input("x", {DType::i8, shape, random_parameters(rng, round / 2)});
  const Attributes attributes{{"axis", rng.integer(0, shape.rank() - 1)}};
  if (round % 2) return make_case(graph, "log_softmax", {input}, attributes, random_parameters(rng, round / 4), {x});
  return make_case(graph, "softmax", {input}, attributes, Quantization::per_tensor(1.0f / 256, -128), {x});
}

}  // namespace

void check_elementwise_kernels(const std::map<std::string, KernelFunction>& kernels) {
  check_kernels(kernels, {{random_binary, 4000}, {random_ordered, 3000}, {random_unary, 400}, {random_softmax, 400}}, true);
}

TEST_CASE("element-wise kernels equal the interpreter: portable") {
  check_elementwise_kernels({
      TINYC_KERNEL_ENTRY_2(portable, tinyc_add_broadcast_s8),
      TINYC_KERNEL_ENTRY(portable, tinyc_add_constant_s8),
      TINYC_KERNEL_ENTRY_2(portable, tinyc_add_s8),
      TINYC_KERNEL_ENTRY(portable, tinyc_clip_s8),
      TINYC_KERNEL_ENTRY(portable, tinyc_div_constant_s8),
      TINYC_KERNEL_ENTRY_2(portable, tinyc_div_s8),
      TINYC_KERNEL_ENTRY(portable, tinyc_extreme_constant_s8),
      TINYC_KERNEL_ENTRY_2(portable, tinyc_extreme_s8),
      TINYC_KERNEL_ENTRY(portable, tinyc_log_softmax_s8),
      TINYC_KERNEL_ENTRY(portable, tinyc_lookup_table_s8),
      TINYC_KERNEL_ENTRY_2(portable, tinyc_mul_broadcast_s8),
      TINYC_KERNEL_ENTRY(portable, tinyc_mul_constant_s8),
      TINYC_KERNEL_ENTRY_2(portable, tinyc_mul_s8),
      TINYC_KERNEL_ENTRY(portable, tinyc_prelu_constant_s8),
      TINYC_KERNEL_ENTRY_2(portable, tinyc_prelu_s8),
      TINYC_KERNEL_ENTRY(portable, tinyc_requantize_s8),
      TINYC_KERNEL_ENTRY(portable, tinyc_softmax_s8),
  });
}

}  // namespace tinyc
