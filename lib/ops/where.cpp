#include <algorithm>

#include "lib/ops/elementwise.h"
#include "lib/ops/float_call.h"
#include "lib/ops/import_util.h"
#include "lib/ops/typed_call.h"

namespace tinyc::ops {
namespace {

Result<std::vector<Type>> infer(const NodeView& view) {
  TINYC_TRY(check_operand_count(view, 3, 3));
  if (view.operand(0).dtype != DType::boolean || view.operand(1).dtype != view.operand(2).dtype)
    return view.error("TC4010", "where of " + view.operand(0).to_string() + ", " + view.operand(1).to_string() +
                                    " and " + view.operand(2).to_string());
  std::optional<Shape> shape = broadcast(view.operand(1).shape, view.operand(2).shape);
  if (shape) shape = broadcast(*shape, view.operand(0).shape);
  if (!shape) return view.error("TC4010", "where: the shapes of the operands do not broadcast");
  return std::vector<Type>{{view.operand(1).dtype, *shape}};
}

// Elements are moved as bytes, whatever their type.
Status eval(const NodeView&, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const std::array<Shape, 3> shapes{in[0]->shape(), in[1]->shape(), in[2]->shape()};
  const BroadcastLoops loops = broadcast_loops(out[0].shape(), shapes);
  const auto step = loops.stride.back();
  const auto condition = in[0]->data<bool>();
  const std::size_t size = size_of(out[0].dtype());
  const std::span<std::byte> to = out[0].mutable_bytes();
  for_each_run(loops, [&](std::int64_t first, std::int64_t n, const std::array<std::int64_t, 3>& at) {
    for (std::int64_t i = 0; i < n; ++i) {
      const std::size_t k = condition[static_cast<std::size_t>(at[0] + i * step[0])] ? 1 : 2;
      const auto from = in[k]->bytes().subspan(static_cast<std::size_t>(at[k] + i * step[k]) * size, size);
      std::copy(from.begin(), from.end(), to.begin() + static_cast<std::ptrdiff_t>(first + i) * static_cast<std::ptrdiff_t>(size));
    }
  });
  return {};
}

Result<std::vector<KernelCall>> lower_float(const NodeView& view, const CoreFeatures&) {
  const auto bytes = static_cast<std::int64_t>(size_of(view.result().dtype));
  KernelCall call = float_call(view, "tinyc_where_bytes");
  TINYC_TRY(append_broadcast(call, view, std::array<BroadcastOperand, 3>{{{"c"}, {"a", bytes}, {"b", bytes}}}));
  append_bytes(call, view.result());
  return std::vector{std::move(call)};
}

Result<std::vector<ValueId>> import_where(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 3, 3));
  return std::vector<ValueId>{
      TINYC_TRY(context.emit("where", {context.input(0), context.input(1), context.input(2)}))};
}

}  // namespace

const OpDef& where() {
  static const OpDef def{
      .name = "where",
      .summary = "The second operand where the first is true, else the third, with NumPy broadcasting.",
      .onnx = {{"Where", import_where}},
      .infer = infer,
      .eval_float = eval,
      .eval_int8 = no_integer_kernel,
      .work = work_per_element_unscaled,
      .quantization = no_integer_kernel,
      .lower = no_integer_kernel,
      .lower_float = lower_float,
      .elementwise = true,
  };
  return def;
}

}  // namespace tinyc::ops
