// function: a function of one operand, element by element, given as a graph. It stands between calibration and
// quantization for several nodes that become one table.

#include <algorithm>

#include "lib/ir/text_format.h"
#include "lib/ops/elementwise.h"
#include "lib/ops/ops.h"

namespace tinyc::ops {
namespace {

constexpr std::int64_t block = 256;

Result<Graph> body_of(const NodeView& node) {
  const Attribute* attribute = node.attributes.find("body");
  const auto* text = attribute ? std::get_if<std::string>(attribute) : nullptr;
  if (!text) return node.error("TC4010", "function needs the text attribute 'body'");
  Graph body = TINYC_TRY(parse_graph(*text, all_ops()));
  const Type type{DType::f32, {block}};
  if (body.inputs().size() != 1 || body.outputs().size() != 1 || body.value(body.inputs()[0]).type() != type ||
      body.value(body.outputs()[0]).type() != type)
    return node.error("TC4010", "the body of a function maps one f32[256] to another");
  for (const NodeId id : body.nodes())
    if (!body.node(id).op().elementwise || !body.node(id).op().eval_float)
      return node.error("TC4010", "the body of a function has " + std::string(body.node(id).op().name));
  return body;
}

Result<std::vector<Type>> infer(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, 1, 1));
  if (node.operand(0).dtype != DType::f32) return unsupported_dtype(node, node.operand(0).dtype);
  TINYC_TRY(body_of(node));
  return infer_like_operand(node, Accepts::reals);
}

Result<Tensor> evaluate(const Graph& body, const Tensor& x) {
  std::vector<Tensor> values(body.value_bound());
  for (const ValueId id : body.values())
    if (body.value(id).is_constant()) values[id.index] = body.value(id).constant();
  values[body.inputs()[0].index] = x;
  for (const NodeId id : body.nodes()) {
    const NodeView node = view(body, id);
    std::vector<const Tensor*> in;
    for (const ValueId operand : node.operand_ids) in.push_back(operand.valid() ? &values[operand.index] : nullptr);
    std::vector<Tensor> out;
    for (const Value* result : node.results) out.emplace_back(result->type().dtype, result->type().shape);
    TINYC_TRY((*node.op.eval_float)(node, in, out));
    for (std::size_t i = 0; i < out.size(); ++i) values[node.result_ids[i].index] = std::move(out[i]);
  }
  return values[body.outputs()[0].index];
}

Status eval(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const Graph body = TINYC_TRY(body_of(node));
  const auto x = in[0]->data<float>();
  const auto y = out[0].mutable_data<float>();
  for (std::size_t at = 0; at < x.size(); at += block) {
    const std::size_t count = std::min<std::size_t>(x.size() - at, block);
    Tensor some(DType::f32, {block});
    std::copy_n(x.begin() + static_cast<std::ptrdiff_t>(at), count, some.mutable_data<float>().begin());
    const Tensor result = TINYC_TRY(evaluate(body, some));
    std::copy_n(result.data<float>().begin(), count, y.begin() + static_cast<std::ptrdiff_t>(at));
  }
  return {};
}

}  // namespace

const OpDef& function() {
  static const OpDef def{
      .name = "function",
      .summary = "a function of each element of x, the graph `body`; becomes a table when the model is quantized",
      .infer = infer,
      .eval_float = eval,
      .eval_int8 = becomes_table,
      .work = work_per_element_unscaled,
      .quantization = table_rule,
      .lower = becomes_table,
      .lower_float = "it exists for quantization only",
      .elementwise = true};
  return def;
}

}  // namespace tinyc::ops
