// Random cases of the kernels of movement, pooling and mean, and the portable kernels against the interpreter.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "lib/ir/builder.h"
#include "lib/ops/ops.h"
#include "tests/lib/runtime/kernel_case.h"

namespace portable {
#include "lib/runtime/arg_extreme_s8.h"
#include "lib/runtime/average_pool_s8.h"
#include "lib/runtime/copy_constant_bytes.h"
#include "lib/runtime/copy_rows_bytes.h"
#include "lib/runtime/gather_bytes.h"
#include "lib/runtime/lp_pool_s8.h"
#include "lib/runtime/max_pool_s8.h"
#include "lib/runtime/pad_s8.h"
#include "lib/runtime/pick_bytes.h"
#include "lib/runtime/reduce_extreme_s8.h"
#include "lib/runtime/reduce_mean_s8.h"
#include "lib/runtime/reduce_table_s8.h"
#include "lib/runtime/resize_linear_s8.h"
#include "lib/runtime/transpose_s8.h"
}  // namespace portable

namespace tinyc {
namespace {

using Integers = std::vector<std::int64_t>;

Quantization random_parameters(Rng& rng, int round) {
  return Quantization::per_tensor(static_cast<float>(std::exp2(rng.uniform(-9, 3))), random_zero_point(rng, round));
}

Shape random_shape(Rng& rng, std::int64_t rank) {
  Integers sizes(static_cast<std::size_t>(rank));
  for (auto& size : sizes) size = rng.integer(0, 3) ? rng.integer(1, 6) : 1;
  return Shape(sizes);
}

// A node over one operand with these parameters; its result keeps them unless `result` says otherwise.
KernelCase one_operand_case(const char* op, const Tensor& x, const Quantization& parameters, Attributes attributes,
                            const std::optional<Quantization>& result = {}) {
  Graph graph;
  const ValueId input = graph.add_input("x", {DType::i8, x.shape(), parameters});
  const auto value = Builder(graph, all_ops()).emit(op, op, {input}, std::move(attributes));
  if (!value.ok()) FAIL(value.error().to_string());
  if (graph.value(*value).type().dtype == DType::i8)
    graph.set_type(*value, {DType::i8, graph.value(*value).type().shape, result ? *result : parameters});
  return make_kernel_case(graph, graph.value(*value).producer(), {x});
}

KernelCase random_transpose(Rng& rng, int round) {
  const std::int64_t rank = rng.integer(0, 5);
  Integers perm;
  for (std::int64_t axis = 0; axis < rank; ++axis) perm.insert(perm.begin() + rng.integer(0, axis), axis);
  return one_operand_case("transpose", random_i8(rng, random_shape(rng, rank), -128, 2), random_parameters(rng, round),
                          {{"perm", perm}});
}

KernelCase random_concat(Rng& rng, int round) {
  const std::int64_t axis = rng.integer(0, 3);
  Shape shape = random_shape(rng, axis + rng.integer(1, 2));
  const Quantization parameters = random_parameters(rng, round);
  Graph graph;
  std::vector<ValueId> operands;
  std::vector<Tensor> tensors;
  for (std::int64_t i = rng.integer(1, 4); i > 0; --i) {
    shape[static_cast<int>(axis)] = rng.integer(1, 5);
    tensors.push_back(random_i8(rng, shape, -128, 2));
    operands.push_back(rng.integer(0, 4) ? graph.add_input("x", {DType::i8, shape, parameters})
                                         : graph.add_constant("c", tensors.back(), parameters));
  }
  const auto value = Builder(graph, all_ops()).emit("concat", "concat", operands, {{"axis", axis}});
  if (!value.ok()) FAIL(value.error().to_string());
  return make_kernel_case(graph, graph.value(*value).producer(), tensors);
}

KernelCase random_pad(Rng& rng, int round) {
  const char* const modes[] = {"constant", "edge", "reflect", "wrap"};
  const std::string mode = modes[round % 4];
  const Shape shape = random_shape(rng, rng.integer(1, mode == "constant" ? 4 : 3));
  const auto rank = static_cast<std::size_t>(shape.rank());
  Integers pads(2 * rank, 0);
  for (std::size_t axis = 0; axis < rank; ++axis) {
    if (rng.integer(0, 1)) continue;
    const std::int64_t size = shape[static_cast<int>(axis)];
    pads[axis] = rng.integer(-size + 1, 4);
    pads[axis + rank] = rng.integer(std::max<std::int64_t>(-size - std::min<std::int64_t>(pads[axis], 0), -2), 4);
  }
  return one_operand_case("pad", random_i8(rng, shape, -128, 2), random_parameters(rng, round),
                          {{"pads", pads}, {"mode", mode}, {"value", rng.integer(0, 1) ? 0.0 : rng.uniform(-20, 20)}});
}

// Every window has a tap inside the input: pads are below the kernel, and nothing is dilated where there are pads.
Attributes random_window(Rng& rng, std::int64_t height, std::int64_t width) {
  Integers kernel, strides, dilations, pads(4);
  const std::int64_t sizes[] = {height, width};
  for (std::size_t i = 0; i < 2; ++i) {
    kernel.push_back(rng.integer(0, 5) ? rng.integer(1, std::min<std::int64_t>(sizes[i], 4)) : sizes[i]);
    strides.push_back(rng.integer(1, 3));
    dilations.push_back(rng.integer(0, 2) == 0 && (kernel[i] - 1) * 2 < sizes[i] ? 2 : 1);
    if (dilations[i] == 1 && rng.integer(0, 1)) pads[i] = rng.integer(0, kernel[i] - 1);
    if (dilations[i] == 1 && rng.integer(0, 1)) pads[i + 2] = rng.integer(0, kernel[i] - 1);
  }
  Attributes attributes{{"kernel", kernel}, {"strides", strides}, {"dilations", dilations}, {"pads", pads},
                        {"uncounted", Integers{pads[2] ? rng.integer(0, 1) : 0, pads[3] ? rng.integer(0, 1) : 0}}};
  random_clamp(rng, attributes);
  return attributes;
}

KernelCase random_max_pool(Rng& rng, int round) {
  const Shape shape{rng.integer(1, 2), rng.integer(1, 9), rng.integer(1, 9), rng.integer(1, 11)};
  return one_operand_case("max_pool", random_i8(rng, shape, -128, round), random_parameters(rng, round),
                          random_window(rng, shape[1], shape[2]));
}

KernelCase random_average_pool(Rng& rng, int round) {
  Shape shape{rng.integer(1, 2), rng.integer(1, 9), rng.integer(1, 9), rng.integer(1, 11)};
  if (round % 50 == 9) shape = Shape{1, 19, 31, 5};  // more taps than 16-bit sums hold
  Attributes attributes = random_window(rng, shape[1], shape[2]);
  if (round % 50 == 9) attributes.set("kernel", Integers{19, 31}), attributes.set("dilations", Integers{1, 1});
  attributes.set("count_include_pad", rng.integer(0, 1));
  const Quantization from = random_parameters(rng, round);
  Quantization to = random_parameters(rng, round / 2);
  to.scale[0] = round % 20 == 3 ? 1e-6f : from.scale[0] * static_cast<float>(std::exp2(rng.uniform(-2, 1)));
  return one_operand_case("average_pool", random_i8(rng, shape, -128, round), from, attributes, to);
}

KernelCase random_lp_pool(Rng& rng, int round) {
  const Shape shape{rng.integer(1, 2), rng.integer(1, 9), rng.integer(1, 9), rng.integer(1, 5)};
  Attributes attributes = random_window(rng, shape[1], shape[2]);
  attributes.set("p", rng.integer(1, 3));
  const Quantization from = random_parameters(rng, round);
  Quantization to = random_parameters(rng, round / 2);
  to.scale[0] = from.scale[0] * static_cast<float>(std::exp2(rng.uniform(-2, 2)));
  return one_operand_case("lp_pool", random_i8(rng, shape, -128, round), from, attributes, to);
}

KernelCase random_reduction(Rng& rng, int round) {
  const char* const ops[] = {"reduce_mean", "reduce_sum", "reduce_max", "reduce_min",
                             "reduce_l1",   "reduce_l2",  "reduce_sum_square", "reduce_log_sum"};
  const Shape shape = random_shape(rng, rng.integer(1, round % 8 < 2 ? 4 : 5));
  Integers axes;
  for (int axis = 0; axis < shape.rank(); ++axis)
    if (rng.integer(0, 1)) axes.push_back(axis);
  const Quantization from = random_parameters(rng, round / 8);
  Quantization to = random_parameters(rng, round / 16);
  to.scale[0] = from.scale[0] * static_cast<float>(std::exp2(rng.uniform(-2, 3)));
  return one_operand_case(ops[round % 8], random_i8(rng, shape, -128, round / 8), from,
                          {{"axes", axes}, {"keepdims", rng.integer(0, 1)}}, round % 8 / 2 == 1 ? from : to);
}

KernelCase random_arg_extreme(Rng& rng, int round) {
  const Shape shape = random_shape(rng, rng.integer(1, 4));
  Tensor x = random_i8(rng, shape, -128, round);
  if (round % 2)  // equal extremes
    for (std::int8_t& value : x.mutable_data<std::int8_t>()) value = static_cast<std::int8_t>(value % 3);
  return one_operand_case(round % 4 < 2 ? "arg_max" : "arg_min", x, random_parameters(rng, round),
                          {{"axis", rng.integer(0, shape.rank() - 1)},
                           {"keepdims", rng.integer(0, 1)},
                           {"select_last_index", rng.integer(0, 1)}});
}

KernelCase random_resize(Rng& rng, int round) {
  const Shape shape{rng.integer(1, 2), rng.integer(1, 6), rng.integer(1, 6), rng.integer(1, 5)};
  const char* const coordinates[] = {"half_pixel", "align_corners", "asymmetric", "pytorch_half_pixel"};
  Integers sizes = shape.sizes();
  std::vector<double> scales(4, 1.0);
  for (const std::size_t axis : {std::size_t{1}, std::size_t{2}}) {
    if (rng.integer(0, 3) == 0) continue;
    sizes[axis] = rng.integer(1, 9);
    scales[axis] = static_cast<double>(sizes[axis]) / static_cast<double>(shape.sizes()[axis]);
  }
  return one_operand_case("resize", random_i8(rng, shape, -128, round), random_parameters(rng, round),
                          {{"sizes", sizes},
                           {"scales", scales},
                           {"mode", std::string(round % 2 ? "linear" : "nearest")},
                           {"coordinates", std::string(coordinates[round / 2 % 4])},
                           {"nearest", std::string("round_prefer_floor")}});
}

KernelCase random_slice(Rng& rng, int round) {
  const Shape shape = random_shape(rng, rng.integer(1, 3));
  Integers starts, steps, sizes;
  for (const std::int64_t size : shape.sizes()) {
    sizes.push_back(rng.integer(1, size));
    const std::int64_t step = sizes.back() > 1 && (sizes.back() - 1) * 2 < size ? 2 : 1, reach = (sizes.back() - 1) * step;
    starts.push_back(rng.integer(0, size - 1 - reach));
    steps.push_back(step);
    if (rng.integer(0, 2) == 0) starts.back() += reach, steps.back() = -step;
  }
  return one_operand_case("slice", random_i8(rng, shape, -128, 2), random_parameters(rng, round),
                          {{"starts", starts}, {"steps", steps}, {"sizes", sizes}});
}

}  // namespace

void check_movement_kernels(const std::map<std::string, KernelFunction>& kernels) {
  check_kernels(kernels, {{random_transpose, 400}, {random_concat, 300}, {random_pad, 600}, {random_max_pool, 500},
                          {random_average_pool, 800}, {random_lp_pool, 200}, {random_reduction, 1600},
                          {random_arg_extreme, 200}, {random_resize, 400}, {random_slice, 200}});
}

TEST_CASE("kernels of movement, pooling and mean equal the interpreter: portable") {
  check_movement_kernels({
      TINYC_KERNEL_ENTRY_INDEX(portable, tinyc_arg_extreme_s8),
      TINYC_KERNEL_ENTRY(portable, tinyc_average_pool_s8),
      TINYC_KERNEL_ENTRY_0(portable, tinyc_copy_constant_bytes),
      TINYC_KERNEL_ENTRY(portable, tinyc_copy_rows_bytes),
      TINYC_KERNEL_ENTRY(portable, tinyc_gather_bytes),
      TINYC_KERNEL_ENTRY(portable, tinyc_lp_pool_s8),
      TINYC_KERNEL_ENTRY(portable, tinyc_max_pool_s8),
      TINYC_KERNEL_ENTRY(portable, tinyc_pad_s8),
      TINYC_KERNEL_ENTRY(portable, tinyc_pick_bytes),
      TINYC_KERNEL_ENTRY(portable, tinyc_reduce_extreme_s8),
      TINYC_KERNEL_ENTRY(portable, tinyc_reduce_mean_s8),
      TINYC_KERNEL_ENTRY(portable, tinyc_reduce_table_s8),
      TINYC_KERNEL_ENTRY(portable, tinyc_resize_linear_s8),
      TINYC_KERNEL_ENTRY(portable, tinyc_transpose_s8),
  });
}

}  // namespace tinyc
