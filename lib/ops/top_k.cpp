// top_k: the k largest (or smallest) elements of x along `axis`, best first, and their indices as i64; of equal ones
// the earlier first. ONNX TopK.

#include <algorithm>
#include <numeric>

#include "lib/ops/binary_int8.h"
#include "lib/ops/elementwise.h"
#include "lib/ops/float_call.h"
#include "lib/ops/import_util.h"
#include "lib/ops/movement.h"
#include "lib/ops/typed_call.h"

namespace tinyc::ops {
namespace {

constexpr const char* index_result = "one of its results is an index, not an int8 quantity";

Result<std::vector<Type>> infer(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, 1, 1));
  const Type& x = node.operand(0);
  const int axis = TINYC_TRY(require_axis(node, "axis", x.shape.rank()));
  const std::int64_t k = TINYC_TRY(require_integer(node, "k"));
  TINYC_TRY(require_integer(node, "largest"));
  if (!accepts_dtype(Accepts::numbers, x.dtype)) return unsupported_dtype(node, x.dtype);
  if (k < 0 || k > x.shape[axis])
    return node.error("TC4010", "top_k of " + std::to_string(k) + " out of " + std::to_string(x.shape[axis]) + " elements");
  Shape shape = x.shape;
  shape[axis] = k;
  return std::vector{Type{x.dtype, shape}, Type{DType::i64, shape}};
}

Status eval_wide(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const Shape& shape = in[0]->shape();
  const AxisView view = view_axis(shape, *normalize_axis(node.attributes.integer("axis"), shape.rank()));
  const std::int64_t k = node.attributes.integer("k");
  const bool largest = node.attributes.integer("largest") != 0;
  const auto indices = out[1].mutable_data<std::int64_t>();
  visit_dtype(in[0]->dtype(), [&]<class T>(T) {
    const auto x = in[0]->data<T>();
    const auto values = out[0].mutable_data<T>();
    std::vector<std::int64_t> order(static_cast<std::size_t>(view.size));
    for (std::int64_t i = 0; i < view.outer; ++i) {
      for (std::int64_t j = 0; j < view.inner; ++j) {
        const auto at = [&](std::int64_t n) { return x[static_cast<std::size_t>((i * view.size + n) * view.inner + j)]; };
        std::iota(order.begin(), order.end(), 0);
        std::partial_sort(order.begin(), order.begin() + k, order.end(), [&](std::int64_t a, std::int64_t b) {
          if (at(a) != at(b)) return largest ? at(a) > at(b) : at(a) < at(b);
          return a < b;
        });
        for (std::int64_t n = 0; n < k; ++n) {
          const auto to = static_cast<std::size_t>((i * k + n) * view.inner + j);
          values[to] = at(order[static_cast<std::size_t>(n)]);
          indices[to] = order[static_cast<std::size_t>(n)];
        }
      }
    }
  });
  return {};
}

Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  TINYC_TRY(check_typed(node));
  const bool real = is_f32(node.result());
  KernelCall call = float_call(node, real ? "tinyc_top_k_f32" : "tinyc_top_k_int");
  append_axis_view(call, node);
  if (!real) append_type(call, "type", node.result());
  append(call, "k", node.attributes.integer("k"));
  append(call, "largest", node.attributes.integer("largest") != 0);
  return std::vector{std::move(call)};
}

Work work(const NodeView& node) { return {.element_ops = node.operand(0).shape.elements()}; }

Result<std::int64_t> import_k(ImportContext& context) {
  if (context.opset() < 10) {
    TINYC_TRY(check_inputs(context, 1, 1));
    return required_attribute<std::int64_t>(context, "k");
  }
  TINYC_TRY(check_inputs(context, 2, 2));
  const auto k = TINYC_TRY(constant_integers(context, 1, "number k"));
  if (k.size() != 1) return context.invalid("k is not one integer");
  return k.front();
}

Result<std::vector<ValueId>> import_top_k(ImportContext& context) {
  const std::int64_t k = TINYC_TRY(import_k(context));
  const auto named = TINYC_TRY(integer_attribute(context, "axis", -1));
  const std::int64_t axis = TINYC_TRY(checked_axis(context, named, context.input_type(0).shape.rank()));
  const std::int64_t largest = TINYC_TRY(integer_attribute(context, "largest", 1)) != 0;
  return context.emit_all("top_k", {context.input(0)}, {{"k", k}, {"axis", axis}, {"largest", largest}});
}

}  // namespace

const OpDef& top_k() {
  static const OpDef op{.name = "top_k",
                        .summary = "the `k` largest (smallest) elements of x along `axis`, and their indices (i64)",
                        .onnx = {{"TopK", import_top_k}},
                        .infer = infer,
                        .eval_float = with_halves_as_floats<eval_wide>,
                        .eval_int8 = index_result,
                        .work = work,
                        .quantization = index_result,
                        .lower = index_result,
                        .lower_float = lower_float};
  return op;
}

}  // namespace tinyc::ops
