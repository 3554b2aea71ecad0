// recognize-activation: an activation function written out in several nodes becomes one: gelu (by erf or by tanh),
// swish, hard_swish, hard_sigmoid, mish, softplus, softsign, sigmoid, tanh.
//
//   %s = sigmoid(%x); %y = mul(%x, %s)   ->   %y = swish(%x)
//
// The nodes, arithmetic and smooth functions only, are compared with each candidate at 256 points of [-16, 16], where
// they must agree to the rounding of single precision. When: before anything folds into the constants around it.

#include <algorithm>
#include <array>
#include <cmath>

#include "lib/exec/interpreter.h"
#include "lib/pass/functions.h"
#include "passes/canonicalize/rewrite.h"

namespace tinyc::passes {
namespace {

struct Candidate {
  std::string_view op;
  Attributes attributes;
};

const std::vector<Candidate>& candidates() {
  static const std::vector<Candidate> all{{"gelu", {{"approximate", std::string("none")}}},
                                          {"gelu", {{"approximate", std::string("tanh")}}},
                                          {"swish", {}},
                                          {"hard_swish", {}},
                                          {"hard_sigmoid", {{"alpha", 1.0 / 6}, {"beta", 0.5}}},
                                          {"mish", {}},
                                          {"softplus", {}},
                                          {"softsign", {}},
                                          {"sigmoid", {}},
                                          {"tanh", {}}};
  return all;
}

// Between the points a function of these does not do what it does at none of them.
bool is_plain(const Node& node) {
  constexpr std::array<std::string_view, 18> ops{"abs",          "add",        "clip", "div",     "erf", "exp",
                                                 "hard_sigmoid", "log",        "max",  "min",     "mul", "neg",
                                                 "pow",          "reciprocal", "relu", "sigmoid", "sub", "tanh"};
  return std::find(ops.begin(), ops.end(), node.op().name) != ops.end() || node.op().name == "softplus";
}

// Denser around 0, where the functions bend.
Tensor points() {
  std::vector<float> x(256);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double t = (static_cast<double>(i) - 127.5) / 127.5;
    x[i] = static_cast<float>(t < 0 ? -16 * t * t : 16 * t * t);
  }
  return Tensor::of<float>({256}, x);
}

bool agree(const Tensor& a, const Tensor& b) {
  const auto x = a.data<float>(), y = b.data<float>();
  for (std::size_t i = 0; i < x.size(); ++i)
    if (!(std::fabs(x[i] - y[i]) <= 2e-6f + 2e-6f * std::fabs(y[i]))) return false;
  return true;
}

Result<const Candidate*> find_candidate(const Graph& body, OpTable ops) {
  const Tensor x = points();
  auto values = run(body, {&x, 1});
  if (!values.ok()) return static_cast<const Candidate*>(nullptr);
  for (const Candidate& candidate : candidates()) {
    Graph one;
    Builder builder(one, ops);
    const ValueId in = one.add_input("x", Type{DType::f32, {256}});
    one.set_outputs({TINYC_TRY(builder.emit(candidate.op, "y", {in}, candidate.attributes))});
    if (agree(values->front(), TINYC_TRY(run(one, {&x, 1})).front())) return &candidate;
  }
  return static_cast<const Candidate*>(nullptr);
}

// Nothing but the later steps reads what all but the last compute.
bool are_private(const Graph& graph, const std::vector<NodeId>& steps) {
  return std::all_of(steps.begin(), steps.end() - 1, [&](NodeId step) {
    const ValueId value = graph.node(step).results().front();
    const auto& uses = graph.value(value).uses();
    return !graph.is_output(value) && std::all_of(uses.begin(), uses.end(), [&](const Use& use) {
      return std::find(steps.begin(), steps.end(), use.node) != steps.end();
    });
  });
}

struct Found {
  NodeId node;
  ValueId source;
  const Candidate* candidate;
};

// The first node in order that a candidate can replace, with the nodes above it.
Result<std::optional<Found>> find(const Graph& graph, OpTable ops) {
  const Functions functions(graph);
  for (const NodeId id : graph.nodes()) {
    const ValueId value = graph.node(id).results().front();
    if (graph.node(id).results().size() != 1 || functions.source(value) == value || graph.value(value).pinned())
      continue;
    const std::vector<NodeId> steps = functions.steps(value);
    const bool plain = std::all_of(steps.begin(), steps.end(), [&](NodeId step) { return is_plain(graph.node(step)); });
    if (steps.size() < 2 || steps.size() > 16 || !plain || !are_private(graph, steps)) continue;
    const Graph body = TINYC_TRY(functions.body(value, ops));
    if (const Candidate* candidate = TINYC_TRY(find_candidate(body, ops)))
      return std::optional(Found{id, functions.source(value), candidate});
  }
  return std::optional<Found>();
}

Result<Changed> run_pass(Graph& graph, PassContext& context) {
  bool changed = false;
  while (const auto found = TINYC_TRY(find(graph, context.ops))) {
    const std::string name = graph.node(found->node).name();
    Builder builder = builder_before(graph, context, found->node);
    const ValueId y =
        TINYC_TRY(builder.emit(found->candidate->op, name, {found->source}, found->candidate->attributes));
    replace_node_and_name(graph, found->node, y);
    erase_dead(graph);
    changed = true;
  }
  return changed ? Changed::yes : Changed::no;
}

}  // namespace

const Pass& recognize_activation() {
  static const Pass pass{{.name = "recognize-activation",
                          .summary = "makes an activation function written out one node",
                          .stages = before_calibration},
                         run_pass};
  return pass;
}

}  // namespace tinyc::passes
