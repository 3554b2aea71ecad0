#include "lib/ops/binary_int8.h"

#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

constexpr std::size_t most_loops = 4;

void append_loops(KernelCall& call, const BroadcastLoops& loops, std::size_t first, std::size_t second) {
  const std::size_t unused = most_loops - loops.size.size();
  const auto append_axes = [&](const std::string& name, std::int64_t otherwise, auto value) {
    for (std::size_t i = 0; i < most_loops; ++i)
      append(call, name + std::to_string(i), i < unused ? otherwise : value(i - unused));
  };
  append_axes("size", 1, [&](std::size_t axis) { return loops.size[axis]; });
  append_axes("a_stride", 0, [&](std::size_t axis) { return loops.stride[axis][first]; });
  append_axes("b_stride", 0, [&](std::size_t axis) { return loops.stride[axis][second]; });
}

Error too_many_loops(const NodeView& view) {
  return view.error("TC3012", "the shapes " + view.operand(0).shape.to_string() + " and " +
                                  view.operand(1).shape.to_string() + " broadcast along more than four separate axes");
}

}  // namespace

const Quantization& int8_parameters(const Type& type) {
  TINYC_CHECK(type.dtype == DType::i8 && type.quantization && type.quantization->is_per_tensor(),
              "integer evaluation of a value that is not int8 with one scale");
  return *type.quantization;
}

void append(KernelCall& call, std::string name, std::int64_t value) { call.params.push_back({std::move(name), value}); }

Result<BinaryCall> make_binary_call(const NodeView& view, std::string_view prefix) {
  BinaryCall binary;
  if (view.constant(0)) std::swap(binary.first, binary.second);
  const Tensor* constant = view.constant(binary.second);
  const auto id = [&](int operand) { return view.operand_ids[static_cast<std::size_t>(operand)]; };
  binary.call.inputs = {id(binary.first)};
  binary.call.outputs = {view.result_ids[0]};
  const Shape& shape = view.result().shape;
  if (!constant && view.operand(0).shape == shape && view.operand(1).shape == shape) {
    binary.call.kernel = std::string(prefix) + "_s8";
    binary.call.inputs.push_back(id(binary.second));
    append(binary.call, "count", shape.elements());
    return binary;
  }
  const std::array<Shape, 2> shapes{view.operand(0).shape, view.operand(1).shape};
  const BroadcastLoops loops = broadcast_loops(shape, shapes);
  if (loops.size.size() > most_loops) return too_many_loops(view);
  if (constant) {
    binary.call.kernel = std::string(prefix) + "_constant_s8";
  } else {
    binary.call.kernel = std::string(prefix) + "_broadcast_s8";
    binary.call.inputs.push_back(id(binary.second));
  }
  append_loops(binary.call, loops, static_cast<std::size_t>(binary.first), static_cast<std::size_t>(binary.second));
  return binary;
}

Result<std::vector<KernelCall>> make_ordered_call(const NodeView& view, std::string_view prefix,
                                                  std::vector<KernelParam> arithmetic) {
  if (view.constant(0)) return view.error("TC3012", std::string(view.op.name) + " of a constant has no integer kernel");
  const std::array<Shape, 2> shapes{view.operand(0).shape, view.operand(1).shape};
  const BroadcastLoops loops = broadcast_loops(view.result().shape, shapes);
  if (loops.size.size() > most_loops) return too_many_loops(view);
  const Tensor* constant = view.constant(1);
  KernelCall call{.kernel = std::string(prefix) + (constant ? "_constant_s8" : "_s8"),
                  .inputs = {view.operand_ids[0]},
                  .outputs = {view.result_ids[0]}};
  if (!constant) call.inputs.push_back(view.operand_ids[1]);
  append_loops(call, loops, 0, 1);
  for (KernelParam& param : arithmetic) call.params.push_back(std::move(param));
  if (constant) call.params.push_back({"constant", Table{*constant}});
  else append(call, "constant", 0);
  return std::vector{std::move(call)};
}

std::vector<KernelCall> finish_binary_call(const NodeView& view, BinaryCall binary) {
  if (const Tensor* constant = view.constant(binary.second))
    binary.call.params.push_back({"constant", Table{*constant}});
  else if (binary.call.kernel.ends_with("_broadcast_s8")) append(binary.call, "constant", 0);
  return {std::move(binary.call)};
}

}  // namespace tinyc::ops
