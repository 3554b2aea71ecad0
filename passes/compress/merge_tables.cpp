// merge-tables: a table and what follows or precedes it element by element become one table, with the same integers.
//
//   %t = lookup_table(%x, %first); %y = lookup_table(%t, %then)   ->   %y = lookup_table(%x, %both)
//   %t = lookup_table(%x, %first); %y = requantize(%t) {...}      ->   %y = lookup_table(%x, %both)
//
// Also relu and clip, where nothing else reads the value in between. When: on the quantized graph.

#include <algorithm>
#include <array>
#include <numeric>

#include "lib/ir/builder.h"
#include "lib/pass/pass.h"

namespace tinyc::passes {
namespace {

constexpr std::string_view table_op = "lookup_table";

// One int8 operand, and an int8 result of its shape.
bool maps_bytes(const NodeView& node) {
  constexpr std::array<std::string_view, 4> ops{table_op, "requantize", "relu", "clip"};
  return std::find(ops.begin(), ops.end(), node.op.name) != ops.end() && node.operand(0).is_quantized() &&
         node.result().is_quantized();
}

// What the node makes of each of these stored values.
Result<std::vector<std::int8_t>> images(const NodeView& node, const OpTable ops,
                                        const std::vector<std::int8_t>& stored) {
  Graph one;
  const Shape shape{static_cast<std::int64_t>(stored.size())};
  std::vector<ValueId> operands{one.add_input("x", Type{DType::i8, shape, node.operand(0).quantization})};
  for (int i = 1; i < node.operand_count(); ++i) operands.push_back(one.add_constant("c", *node.constant(i)));
  Builder builder(one, ops);
  const ValueId y = TINYC_TRY(builder.emit(node.op.name, node.name, operands, node.attributes));
  one.set_type(y, Type{DType::i8, shape, node.result().quantization});
  const NodeView copy = view(one, one.value(y).producer());
  const Tensor x = Tensor::of(shape, stored);
  std::vector<const Tensor*> in{&x};
  for (int i = 1; i < node.operand_count(); ++i) in.push_back(node.constant(i));
  std::vector<Tensor> out{Tensor(DType::i8, shape)};
  TINYC_TRY((*node.op.eval_int8)(copy, in, out));
  const auto result = out[0].data<std::int8_t>();
  return std::vector<std::int8_t>(result.begin(), result.end());
}

Result<bool> merge(Graph& graph, PassContext& context, NodeId id) {
  const NodeView node = view(graph, id);
  if (!maps_bytes(node)) return false;
  const ValueId between = node.operand_ids.front();
  const NodeId above = graph.value(between).producer();
  if (!above.valid() || !maps_bytes(view(graph, above))) return false;
  const NodeView first = view(graph, above);
  if (first.op.name != table_op && node.op.name != table_op) return false;
  const bool alone = graph.value(between).uses().size() == 1 && !graph.is_output(between);
  if (!alone && (first.op.name != table_op || node.op.name != table_op)) return false;

  std::vector<std::int8_t> stored(256);
  std::iota(stored.begin(), stored.end(), std::int8_t{-128});
  stored = TINYC_TRY(images(first, context.ops, stored));
  stored = TINYC_TRY(images(node, context.ops, stored));
  const ValueId x = first.operand_ids.front(), result = node.result_ids.front();
  const Type type = node.result();
  const std::string name(node.name), result_name = graph.value(result).name();
  const auto range = graph.value(result).range();
  const ValueId table = graph.add_constant(result_name + "_table", Tensor::of(Shape{256}, stored));
  const NodeId merged =
      graph.add_node(*find_op(context.ops, table_op), name, {x, table}, {}, {type}, {result_name}, id);
  const ValueId y = graph.node(merged).results().front();
  graph.set_range(y, range);
  graph.replace_uses(result, y);
  graph.erase_node(id);
  if (alone) graph.erase_node(above);
  graph.erase_unused_constants();
  graph.rename(y, result_name);
  context.note("merge-tables", name, {{"merged", std::int64_t{1}}});
  return true;
}

Result<Changed> run(Graph& graph, PassContext& context) {
  bool changed = false;
  const std::vector<NodeId> nodes = graph.nodes();
  for (const NodeId id : nodes)
    if (graph.contains(id)) changed = TINYC_TRY(merge(graph, context, id)) || changed;
  return changed ? Changed::yes : Changed::no;
}

}  // namespace

const Pass& merge_tables() {
  static const Pass pass{{.name = "merge-tables",
                          .summary = "makes one table of a table and the functions around it",
                          .stages = {Stage::quantized}},
                         run};
  return pass;
}

}  // namespace tinyc::passes
