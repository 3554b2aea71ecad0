// cum_sum: running sums of x along `axis`; exclusive = 1 leaves out the element itself, reverse = 1 runs from the end.
// ONNX CumSum.

#include "lib/ops/binary_int8.h"
#include "lib/ops/elementwise.h"
#include "lib/ops/float_call.h"
#include "lib/ops/import_util.h"
#include "lib/ops/movement.h"
#include "lib/ops/typed_call.h"

namespace tinyc::ops {
namespace {

Result<std::vector<Type>> infer(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, 1, 1));
  const Type& x = node.operand(0);
  TINYC_TRY(require_axis(node, "axis", x.shape.rank()));
  TINYC_TRY(require_integer(node, "exclusive"));
  TINYC_TRY(require_integer(node, "reverse"));
  if (!accepts_dtype(Accepts::numbers, x.dtype)) return unsupported_dtype(node, x.dtype);
  return std::vector{Type{x.dtype, x.shape}};
}

Status eval_wide(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const Shape& shape = in[0]->shape();
  const AxisView view = view_axis(shape, *normalize_axis(node.attributes.integer("axis"), shape.rank()));
  const bool exclusive = node.attributes.integer("exclusive") != 0, reverse = node.attributes.integer("reverse") != 0;
  visit_dtype(in[0]->dtype(), [&]<class T>(T) {
    using Sum = std::conditional_t<std::is_floating_point_v<T>, double, std::uint64_t>;
    const auto x = in[0]->data<T>();
    const auto y = out[0].mutable_data<T>();
    for (std::int64_t i = 0; i < view.outer; ++i) {
      for (std::int64_t k = 0; k < view.inner; ++k) {
        Sum sum{};
        for (std::int64_t n = 0; n < view.size; ++n) {
          const std::int64_t j = reverse ? view.size - 1 - n : n;
          const auto at = static_cast<std::size_t>((i * view.size + j) * view.inner + k);
          const Sum next = sum + static_cast<Sum>(x[at]);
          y[at] = static_cast<T>(exclusive ? sum : next);
          sum = next;
        }
      }
    }
  });
  return {};
}

Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  TINYC_TRY(check_typed(node));
  const bool real = is_f32(node.result());
  KernelCall call = float_call(node, real ? "tinyc_cum_sum_f32" : "tinyc_cum_sum_int");
  append_axis_view(call, node);
  if (!real) append_type(call, "type", node.result());
  append(call, "exclusive", node.attributes.integer("exclusive") != 0);
  append(call, "reverse", node.attributes.integer("reverse") != 0);
  return std::vector{std::move(call)};
}

Work work(const NodeView& node) { return {.element_ops = node.result().shape.elements()}; }

Result<std::vector<ValueId>> import_cum_sum(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 2, 2));
  const auto named = TINYC_TRY(constant_integers(context, 1, "axis"));
  if (named.size() != 1) return context.invalid("the axis is not one integer");
  const std::int64_t axis = TINYC_TRY(checked_axis(context, named.front(), context.input_type(0).shape.rank()));
  const std::int64_t exclusive = TINYC_TRY(integer_attribute(context, "exclusive", 0));
  const std::int64_t reverse = TINYC_TRY(integer_attribute(context, "reverse", 0));
  return context.emit_all("cum_sum", {context.input(0)},
                          {{"axis", axis}, {"exclusive", exclusive}, {"reverse", reverse}});
}

}  // namespace

const OpDef& cum_sum() {
  static const OpDef op{.name = "cum_sum",
                        .summary = "running sums of x along `axis`, `exclusive` of the element itself, in `reverse`",
                        .onnx = {{"CumSum", import_cum_sum}},
                        .infer = infer,
                        .eval_float = with_halves_as_floats<eval_wide>,
                        .eval_int8 = no_integer_kernel,
                        .work = work,
                        .quantization = no_integer_kernel,
                        .lower = no_integer_kernel,
                        .lower_float = lower_float};
  return op;
}

}  // namespace tinyc::ops
