#include "passes/compress/precision.h"

#include <algorithm>
#include <cmath>

#include "lib/support/text.h"

namespace tinyc::passes {
namespace {

constexpr std::int64_t max_products = 2147483647 / (255 * 255);  // of two stored operands in an int32

bool is_finite(const Tensor& tensor) {
  for (const float x : tensor.data<float>())
    if (!std::isfinite(x)) return false;
  return true;
}

std::string with_reason(const NodeView& node, std::string_view what, std::string_view reason) {
  return std::string(node.op.name) + " has no " + std::string(what) + ": " + std::string(reason);
}

bool is_real(const Value& value) { return value.type().dtype == DType::f32; }

}  // namespace

bool matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = pattern.npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p, ++t;
    } else if (star != pattern.npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == pattern.npos;
}

namespace {

// Why a node that a rule covers cannot be int8; empty when it can.
std::string obstacle(const NodeView& node, const QuantRule& rule) {
  for (int i = 0; i < node.operand_count(); ++i)
    if (node.has(i) && !node.constant(i) && node.operand(i).dtype != DType::f32)
      return std::string(node.op.name) + " computes with " + std::string(to_string(node.operand(i).dtype)) + " values";
  for (const Value* result : node.results)
    if (!is_real(*result) && rule.result != QuantRule::Result::kept)
      return std::string(node.op.name) + " makes " + std::string(to_string(result->type().dtype)) + " values";
  if (rule.weight >= 0 && !node.constant(rule.weight)) return "its weights are computed at run time";
  if (rule.bias >= 0 && node.has(rule.bias) && !node.constant(rule.bias)) return "its bias is computed at run time";
  if (rule.products > max_products)
    return "it adds up " + std::to_string(rule.products) + " products, an int32 holds " + std::to_string(max_products);
  if (!rule.table) {
    if (!node.op.eval_int8) return with_reason(node, "int8 form", node.op.eval_int8.reason());
    return node.op.lower || node.op.is_view ? "" : with_reason(node, "int8 kernel", node.op.lower.reason());
  }
  for (int i = 1; i < node.operand_count(); ++i)
    if (node.has(i) && (!node.constant(i) || node.operand(i).shape.elements() != 1))
      return std::string(node.op.name) + " is a table of one operand only when the others are constant numbers";
  return node.op.eval_float ? "" : with_reason(node, "float evaluation", node.op.eval_float.reason());
}

bool has_float_form(const NodeView& node) { return node.op.eval_float && (node.op.lower_float || node.op.is_view); }

std::string float_obstacle(const NodeView& node) {
  if (!node.op.eval_float) return with_reason(node, "float evaluation", node.op.eval_float.reason());
  return with_reason(node, "float kernel", node.op.lower_float.reason());
}

bool computes_reals(const NodeView& node) {
  const auto real = [](const Value* value) { return value && is_real(*value); };
  return std::any_of(node.operands.begin(), node.operands.end(), real) || std::any_of(node.results.begin(), node.results.end(), real);
}

// Nodes without multiply-accumulates that join the float nodes around them.
class Joiner {
 public:
  Joiner(const Graph& graph, std::vector<NodePrecision>& plan)
      : graph_(graph), plan_(plan), wish_(graph.node_bound(), Wish::no) {}

  void run() {
    for (auto node = graph_.nodes().rbegin(); node != graph_.nodes().rend(); ++node) wish_[node->index] = wish_of(*node);
    for (const NodeId node : graph_.nodes()) {
      if (wish_[node.index] != Wish::no && reads_reals_only(node))
        plan_[node.index] = {Precision::real, "the layers around it are computed in float"};
      else if (shrinks(node) && reads_reals_only(node))
        plan_[node.index] = {Precision::real, "it leaves fewer of a float layer's values to convert"};
    }
  }

 private:
  // What those who read a node's results would have it compute in: no matter what for mere outputs of the graph.
  enum class Wish : std::uint8_t { no, any, real };

  bool is_float(NodeId node) const { return plan_[node.index].precision == Precision::real; }
  bool wishes(NodeId node, Wish least) const { return is_float(node) || wish_[node.index] >= least; }

  bool may_join(NodeId id) const {
    const NodeView node = view(graph_, id);
    return plan_[id.index].precision == Precision::integer && has_float_form(node) && node.op.work(node).macs == 0 &&
           std::none_of(node.results.begin(), node.results.end(), [](const Value* result) { return result->pinned().has_value(); });
  }

  bool shrinks(NodeId id) const {
    const NodeView node = view(graph_, id);
    return may_join(id) && node.results.size() == 1 && node.has(0) && !node.constant(0) &&
           2 * node.result().shape.elements() <= node.operand(0).shape.elements();
  }

  Wish wish_of(NodeId id) const {
    const NodeView node = view(graph_, id);
    if (!may_join(id)) return Wish::no;
    Wish wish = Wish::any;
    for (const Value* result : node.results) {
      for (const Use& use : result->uses()) {
        if (!wishes(use.node, Wish::any) && !shrinks(use.node)) return Wish::no;
        if (wishes(use.node, Wish::real)) wish = Wish::real;
      }
    }
    return wish;
  }

  bool reads_reals_only(NodeId id) const {
    bool any = false;
    for (const ValueId operand : graph_.node(id).operands()) {
      if (!operand.valid() || graph_.value(operand).is_constant()) continue;
      const Value& value = graph_.value(operand);
      const auto wants_real = [&](const Use& use) { return wishes(use.node, Wish::real); };
      if (value.producer().valid() ? !is_float(value.producer()) : !std::all_of(value.uses().begin(), value.uses().end(), wants_real))
        return false;
      any = true;
    }
    return any;
  }

  const Graph& graph_;
  std::vector<NodePrecision>& plan_;
  std::vector<Wish> wish_;  // by node index
};

Status keep(const Graph& graph, const std::vector<std::string>& patterns, std::vector<NodePrecision>& plan) {
  std::vector<Diagnostic> blockers;
  std::vector<std::string> names;
  for (const NodeId id : graph.nodes()) names.push_back(graph.node(id).name());
  for (const std::string& pattern : patterns) {
    bool any = false;
    for (const NodeId id : graph.nodes()) {
      if (!matches(pattern, graph.node(id).name())) continue;
      any = true;
      if (computes_reals(view(graph, id))) plan[id.index] = {Precision::real, "--keep-float " + pattern};
    }
    if (any) continue;
    auto near = near_matches(pattern, names);
    if (near.size() > 3) near.resize(3);
    blockers.push_back({"TC5042", "--keep-float " + pattern, "no layer of the model has such a name",
                        near.empty() ? "`tinyc inspect` lists the layers" : "did you mean '" + join(near, "' or '") + "'?"});
  }
  if (!blockers.empty()) return Error(std::move(blockers));
  return {};
}

}  // namespace

Result<std::vector<NodePrecision>> plan_precision(const Graph& graph, const std::vector<std::string>& keep_float) {
  std::vector<NodePrecision> plan(graph.node_bound());
  for (const NodeId id : graph.nodes()) {
    const NodeView node = view(graph, id);
    NodePrecision& own = plan[id.index];
    if (!computes_reals(node)) {
      own = {Precision::integral, "it computes no real numbers"};
      continue;
    }
    own.reason = node.op.quantization ? obstacle(node, (*node.op.quantization)(node))
                                      : with_reason(node, "int8 form", node.op.quantization.reason());
    if (!own.reason.empty()) own.precision = Precision::real;
  }
  TINYC_TRY(keep(graph, keep_float, plan));

  std::vector<Diagnostic> blockers;
  for (const NodeId id : graph.nodes()) {
    const NodeView node = view(graph, id);
    const NodePrecision& own = plan[id.index];
    if (own.precision != Precision::integer && !has_float_form(node))
      blockers.push_back({"TC3020", std::string(node.name), own.reason + "; and " + float_obstacle(node), ""});
  }
  for (const ValueId id : graph.values()) {
    const Value& value = graph.value(id);
    const auto is_stored = [&](const Use& use) { return plan[use.node.index].precision == Precision::integer; };
    if (value.is_constant() && is_real(value) && !is_finite(value.constant()) &&
        (graph.is_output(id) || std::any_of(value.uses().begin(), value.uses().end(), is_stored)))
      blockers.push_back({"TC4020", value.name(), "the constant has NaN or infinite elements",
                          "repair the model, or keep the layers that read it in float (--keep-float)"});
  }
  if (!blockers.empty()) return Error(std::move(blockers));
  Joiner(graph, plan).run();
  return plan;
}

}  // namespace tinyc::passes
