#include "lib/ops/typed_call.h"

#include <array>

#include "lib/ops/binary_int8.h"
#include "lib/ops/elementwise.h"
#include "lib/ops/movement.h"

namespace tinyc::ops {

std::optional<std::int64_t> type_code(DType dtype) {
  switch (dtype) {
    case DType::i8: return 0;
    case DType::u8: return 1;
    case DType::i16: return 2;
    case DType::u16: return 3;
    case DType::i32: return 4;
    case DType::u32: return 5;
    case DType::i64: return 6;
    case DType::u64: return 7;
    case DType::boolean: return 8;
    case DType::f32: return 9;
    case DType::f16:
    case DType::bf16:
    case DType::f64: break;
  }
  return std::nullopt;
}

Error no_kernel_for(const NodeView& node, DType dtype) {
  return node.error("TC3012", std::string(node.op.name) + " of " + std::string(to_string(dtype)) + " has no kernel");
}

Status check_typed(const NodeView& node) {
  for (const auto& values : {node.operands, node.results})
    for (const Value* value : values)
      if (value && !type_code(value->type().dtype)) return no_kernel_for(node, value->type().dtype);
  return {};
}

Status check_indexed(const NodeView& node) {
  if (node.operand(0).shape.elements() > 0 || node.operand(1).shape.elements() == 0) return {};
  return node.error("TC3012", std::string(node.op.name) + " has indices into a tensor without elements");
}

bool is_f32(const Type& type) { return type.dtype == DType::f32; }
bool is_integer(const Type& type) { return !is_float(type.dtype); }

void append_type(KernelCall& call, std::string name, const Type& type) {
  const auto code = type_code(type.dtype);
  TINYC_CHECK(code.has_value(), "a type that kernels know");
  append(call, std::move(name), *code);
}

void append_bytes(KernelCall& call, const Type& type) {
  append(call, "element_bytes", static_cast<std::int64_t>(size_of(type.dtype)));
}

void append_table(KernelCall& call, std::string name, const std::vector<std::int64_t>& values, DType dtype) {
  const Shape shape{static_cast<std::int64_t>(values.size())};
  call.params.push_back({std::move(name), Table{Tensor::of(shape, values).cast(dtype)}});
}

Status append_broadcast(KernelCall& call, const NodeView& node, std::span<const BroadcastOperand> operands) {
  constexpr std::size_t most_loops = 4;
  std::vector<Shape> shapes;
  for (const Value* operand : node.operands) shapes.push_back(operand->type().shape);
  const BroadcastLoops loops = broadcast_loops(node.result().shape, shapes);
  if (loops.size.size() > most_loops)
    return node.error("TC3012", std::string(node.op.name) + " broadcasts along more than four separate axes");
  const std::size_t unused = most_loops - loops.size.size();
  for (std::size_t i = 0; i < most_loops; ++i)
    append(call, "size" + std::to_string(i), i < unused ? 1 : loops.size[i - unused]);
  for (std::size_t k = 0; k < operands.size(); ++k)
    for (std::size_t i = 0; i < most_loops; ++i)
      append(call, operands[k].name + "_stride" + std::to_string(i),
             i < unused ? 0 : loops.stride[i - unused][k] * operands[k].scale);
  return {};
}

void append_axis_view(KernelCall& call, const NodeView& node) {
  const Shape& shape = node.operand(0).shape;
  const AxisView view = view_axis(shape, *normalize_axis(node.attributes.integer("axis"), shape.rank()));
  append(call, "outer", view.outer);
  append(call, "size", view.size);
  append(call, "inner", view.inner);
}

}  // namespace tinyc::ops
