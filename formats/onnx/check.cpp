#include <algorithm>
#include <queue>
#include <unordered_map>
#include <unordered_set>

#include "formats/onnx/model.h"
#include "lib/ops/ops.h"
#include "lib/support/text.h"

namespace tinyc::onnx_format {
namespace {

constexpr int outside = -1;  // defined by an input or an initializer

// The node that defines each value.
using Producers = std::unordered_map<std::string, int>;

int producer_of(const Producers& producers, const std::string& name) {
  const auto at = producers.find(name);
  return at == producers.end() ? outside : at->second;
}

Producers find_producers(const onnx::GraphProto& graph, const std::vector<FlatNode>& nodes, Problems& problems) {
  Producers producers;
  const auto define = [&](const std::string& name, int producer, const std::string& where, std::string_view what) {
    if (!producers.emplace(name, producer).second)
      problems.add("TC4103", where, "the value '" + name + "' is defined a second time, as " + std::string(what));
  };
  for (const auto& input : graph.input()) define(input.name(), outside, input.name(), "an input");
  std::unordered_map<std::string, int> seen;
  for (const auto& initializer : graph.initializer()) {
    if (initializer.name().empty()) problems.add("TC4102", "", "an initializer has no name");
    if (++seen[initializer.name()] == 2) problems.add("TC4103", initializer.name(), "the initializer is defined more than once");
    producers.emplace(initializer.name(), outside);  // an input of that name has it as its value
  }
  for (const auto& initializer : graph.sparse_initializer())
    problems.add("TC3106", initializer.values().name(), "sparse initializers are not supported", "store the tensor dense");
  for (std::size_t i = 0; i < nodes.size(); ++i)
    for (const std::string& output : nodes[i].proto.output())
      if (!output.empty()) define(output, static_cast<int>(i), nodes[i].name(), "an output of this node");
  return producers;
}

void find_undefined(const onnx::GraphProto& graph, const std::vector<FlatNode>& nodes, const Producers& producers,
                    Problems& problems) {
  for (const FlatNode& node : nodes)
    for (const std::string& input : node.reads())
      if (!input.empty() && !producers.contains(input))
        problems.add("TC4104", node.name(), "the operand '" + input + "' is no input, no initializer and no output of a node",
                     "the model may have lost its weights; export it again");
  for (const auto& output : graph.output())
    if (!producers.contains(output.name()))
      problems.add("TC4104", output.name(), "the model's output is defined by no node");
}

// From a node that waits for ever, back along operands until a node repeats.
std::string describe_cycle(const std::vector<FlatNode>& nodes, const Producers& producers,
                           const std::vector<int>& waiting_for) {
  const auto blocked = std::ranges::find_if(waiting_for, [](int count) { return count > 0; });
  std::vector<std::size_t> path;
  std::vector<std::size_t> place(nodes.size(), nodes.size());  // in the path
  auto node = static_cast<std::size_t>(blocked - waiting_for.begin());
  while (place[node] == nodes.size()) {
    place[node] = path.size();
    path.push_back(node);
    for (const std::string& input : nodes[node].reads()) {
      const int producer = producer_of(producers, input);
      if (producer == outside || waiting_for[static_cast<std::size_t>(producer)] == 0) continue;
      node = static_cast<std::size_t>(producer);
      break;
    }
  }
  std::vector<std::string> names;
  for (std::size_t i = place[node]; i < path.size() && names.size() < 8; ++i)
    names.push_back("'" + nodes[path[i]].name() + "'");
  return join(names, ", ");
}

}  // namespace

Status check_and_sort(const onnx::GraphProto& graph, std::vector<FlatNode>& nodes, bool is_body) {
  Problems problems;
  const Producers producers = find_producers(graph, nodes, problems);
  if (!is_body) find_undefined(graph, nodes, producers, problems);
  TINYC_TRY(problems.status());

  std::vector<int> waiting_for(nodes.size(), 0);
  std::vector<std::vector<int>> readers(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i)
    for (const std::string& input : nodes[i].reads())
      if (const int producer = producer_of(producers, input); producer != outside) {
        ++waiting_for[i];
        readers[static_cast<std::size_t>(producer)].push_back(static_cast<int>(i));
      }
  std::priority_queue<int, std::vector<int>, std::greater<>> ready;
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (waiting_for[i] == 0) ready.push(static_cast<int>(i));
  std::vector<FlatNode> sorted;
  std::vector<int> order;
  for (; !ready.empty(); ) {
    const int node = ready.top();
    ready.pop();
    order.push_back(node);
    for (const int reader : readers[static_cast<std::size_t>(node)])
      if (--waiting_for[static_cast<std::size_t>(reader)] == 0) ready.push(reader);
  }
  if (order.size() < nodes.size()) {
    const auto blocked = std::ranges::find_if(waiting_for, [](int count) { return count > 0; });
    return Error("TC4105", nodes[static_cast<std::size_t>(blocked - waiting_for.begin())].name(),
                 "the nodes " + describe_cycle(nodes, producers, waiting_for) + " need each other's outputs");
  }
  for (const int node : order) sorted.push_back(std::move(nodes[static_cast<std::size_t>(node)]));
  nodes = std::move(sorted);
  return {};
}

Status check_operator(const FlatNode& node, const std::string& name) {
  const std::string domain = canonical_domain(node.proto.domain());
  const std::string& type = node.proto.op_type();
  if (domain.empty() && !node.opsets->contains(""))
    return Error("TC4101", name, "the model uses " + type + " but imports no operator set");
  if (find_onnx_import(domain, type)) return {};
  if (domain.empty()) return Error("TC3101", name, "the operator " + type + " is not supported");
  return Error("TC3102", name, "the operator " + type + " of the domain '" + domain + "' is not supported");
}

namespace {

// Values that depend on the data of the model's inputs, not only on their shapes.
std::unordered_set<std::string> data_of(const onnx::GraphProto& graph, const FlatModel& model, const OnnxReadOptions& options) {
  std::unordered_set<std::string> data;
  for (const auto& input : graph.input())
    if (!options.bind.contains(input.name())) data.insert(input.name());
  for (const auto& initializer : graph.initializer()) data.erase(initializer.name());
  for (const FlatNode& node : model.nodes) {
    const bool reads_shapes = node.proto.op_type() == "Shape" || node.proto.op_type() == "Size";
    if (!reads_shapes && std::ranges::any_of(node.reads(), [&](const std::string& name) { return data.contains(name); }))
      data.insert(node.proto.output().begin(), node.proto.output().end());
  }
  data.erase("");
  return data;
}

// Whether the condition of an If, or the trip count or first condition of a Loop, is among them.
bool is_steered_by(const FlatNode& node, const std::unordered_set<std::string>& data) {
  const int steering = node.proto.op_type() == "If" ? 1 : node.proto.op_type() == "Loop" ? 2 : 0;
  for (int i = 0; i < std::min(steering, node.proto.input_size()); ++i)
    if (data.contains(node.proto.input(i))) return true;
  return false;
}

void check_nodes(const std::vector<FlatNode>& nodes, const std::unordered_set<std::string>& data, Problems& problems) {
  for (const FlatNode& node : nodes) {
    if (const Status known = check_operator(node, node.name()); !known.ok()) {
      problems.add(known.error());
    } else if (is_control_flow(node.proto)) {
      const std::string& type = node.proto.op_type();
      if (is_steered_by(node, data))
        problems.add("TC3107", node.name(), "control flow (" + type + ") that depends on the model's inputs is not supported",
                     "export the model unrolled");
      if (type != "If")
        for (const FlatBody& body : node.bodies) check_nodes(body.nodes, {}, problems);
    }
  }
}

}  // namespace

Status check_operators(const onnx::GraphProto& graph, const FlatModel& model, const OnnxReadOptions& options) {
  Problems problems;
  check_nodes(model.nodes, data_of(graph, model, options), problems);
  return problems.status();
}

}  // namespace tinyc::onnx_format
