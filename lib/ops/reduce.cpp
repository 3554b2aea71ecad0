#include "lib/ops/reduce.h"

#include <algorithm>
#include <limits>

#include "lib/ops/binary_int8.h"
#include "lib/ops/import_util.h"
#include "lib/ops/typed_call.h"

namespace tinyc::ops {
namespace {

using Integers = std::vector<std::int64_t>;

// What tinyc_reduce_int calls the operators, and where it starts.
struct Operation {
  std::string_view op;
  std::int64_t code, start;
};
std::optional<Operation> integer_operation(std::string_view op, DType dtype) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto extreme = [&](double value) {
    if (dtype == DType::boolean) return std::int64_t{value > 0};
    return Tensor::scalar(value).cast(dtype).to_integers().front();
  };
  const Operation operations[] = {{"reduce_sum", 0, 0},  {"reduce_l1", 1, 0},   {"reduce_sum_square", 2, 0},
                                  {"reduce_mean", 3, 0}, {"reduce_prod", 4, 1}, {"reduce_max", 5, extreme(-infinity)},
                                  {"reduce_min", 6, extreme(infinity)}};
  const auto at = std::ranges::find(operations, op, &Operation::op);
  return at == std::end(operations) ? std::nullopt : std::optional(*at);
}

}  // namespace

Result<std::vector<Type>> infer_reduction(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, 1, 1));
  const Type& x = node.operand(0);
  const Integers axes = TINYC_TRY(require_integers(node, "axes"));
  const bool keep = TINYC_TRY(require_integer(node, "keepdims")) != 0;
  for (std::size_t i = 0; i < axes.size(); ++i)
    if (axes[i] < 0 || axes[i] >= x.shape.rank() || (i > 0 && axes[i] <= axes[i - 1]))
      return node.error("TC4010", std::string(node.op.name) + " has axes that are not ascending axes of " + x.shape.to_string());
  Integers sizes;
  for (int axis = 0; axis < x.shape.rank(); ++axis) {
    if (!std::binary_search(axes.begin(), axes.end(), axis)) sizes.push_back(x.shape[axis]);
    else if (keep) sizes.push_back(1);
  }
  return std::vector{Type{x.dtype, Shape(sizes)}};
}

Shape kept_shape(const Shape& operand, const Integers& axes) {
  Shape shape = operand;
  for (const std::int64_t axis : axes) shape[static_cast<int>(axis)] = 1;
  return shape;
}

std::int64_t reduced_count(const NodeView& node) {
  std::int64_t count = 1;
  for (const std::int64_t axis : node.attributes.integers("axes")) count *= node.operand(0).shape[static_cast<int>(axis)];
  return count;
}

Work work_of_reduction(const NodeView& node) {
  const std::int64_t results = node.result().shape.elements();
  return {.element_ops = node.operand(0).shape.elements(), .requantizations = node.result().dtype == DType::i8 ? results : 0};
}

std::vector<std::int64_t> alternating_runs(const NodeView& node) {
  const auto& axes = node.attributes.integers("axes");
  const Shape& shape = node.operand(0).shape;
  std::vector<std::int64_t> runs{1};
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] == 1) continue;
    const bool reduced = std::find(axes.begin(), axes.end(), axis) != axes.end();
    if (reduced != (runs.size() % 2 == 0)) runs.push_back(1);
    runs.back() *= shape[axis];
  }
  if (runs.size() % 2 == 0) runs.push_back(1);
  return runs;
}

Result<KernelCall> make_reduction_call(const NodeView& node, std::string_view kernel) {
  constexpr std::size_t most = 3;
  const std::vector<std::int64_t> runs = alternating_runs(node);
  struct Loop {
    std::int64_t size, step;
  };
  std::vector<Loop> kept, reduced;
  std::int64_t step = 1;
  for (std::size_t i = runs.size(); i-- > 0; step *= runs[i]) {
    std::vector<Loop>& loops = i % 2 == 0 ? kept : reduced;
    if (runs[i] != 1) loops.insert(loops.begin(), Loop{runs[i], step});
  }
  if (kept.size() > most || reduced.size() > most)
    return node.error("TC3014", std::string(node.op.name) + " over more than three runs of axes", "transpose first");
  KernelCall call{.kernel = std::string(kernel), .inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  const auto append_loops = [&](const std::string& name, std::vector<Loop> loops) {
    loops.insert(loops.begin(), most - loops.size(), Loop{1, 0});
    for (std::size_t i = 0; i < most; ++i) append(call, name + std::to_string(i), loops[i].size);
    for (std::size_t i = 0; i < most; ++i) append(call, name + "_step" + std::to_string(i), loops[i].step);
  };
  append_loops("kept", kept);
  append_loops("reduced", reduced);
  return call;
}

Result<std::vector<KernelCall>> lower_reduction_float(const NodeView& node, const CoreFeatures&) {
  const Type& x = node.operand(0);
  if (is_f32(x)) return std::vector{TINYC_TRY(make_reduction_call(node, "tinyc_" + std::string(node.op.name) + "_f32"))};
  const auto operation = is_integer(x) ? integer_operation(node.op.name, x.dtype) : std::nullopt;
  if (!operation) return no_kernel_for(node, x.dtype);
  KernelCall call = TINYC_TRY(make_reduction_call(node, "tinyc_reduce_int"));
  append(call, "operation", operation->code);
  append_type(call, "type", x);
  append_table(call, "start", {operation->start}, DType::i64);
  return std::vector{std::move(call)};
}

Result<std::vector<ValueId>> import_reduction(ImportContext& context, std::string_view op, int axes_operand_since) {
  TINYC_TRY(check_inputs(context, 1, 2));
  const int rank = context.input_type(0).shape.rank();
  Integers named;
  if (context.opset() < axes_operand_since) {
    named = TINYC_TRY(attribute_or<Integers>(context, "axes", {}));
  } else if (context.has_input(1)) {
    named = TINYC_TRY(constant_integers(context, 1, "list of axes"));
  }
  if (named.empty()) {
    // Without axes each element is reduced alone: to itself, but for what squares, takes magnitudes or logarithms.
    const bool alone = TINYC_TRY(integer_attribute(context, "noop_with_empty_axes", 0)) != 0;
    const bool changes = op == "reduce_l1" || op == "reduce_l2" || op == "reduce_log_sum" || op == "reduce_sum_square";
    if (alone && !changes) return std::vector{context.input(0)};
    for (int axis = 0; axis < rank && !alone; ++axis) named.push_back(axis);
  }
  const auto axes = TINYC_TRY(checked_axes(context, named, rank));
  const std::int64_t keep = TINYC_TRY(integer_attribute(context, "keepdims", 1)) != 0;
  return context.emit_all(op, {context.input(0)}, {{"axes", Integers(axes.begin(), axes.end())}, {"keepdims", keep}});
}

}  // namespace tinyc::ops
