#include <algorithm>
#include <queue>
#include <unordered_map>

#include "formats/onnx/model.h"
#include "lib/ops/ops.h"
#include "lib/support/text.h"

namespace tinyc::onnx_format {
namespace {

constexpr int outside = -1;  // defined by an input or an initializer

// The node that defines each value.
using Producers = std::unordered_map<std::string, int>;

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
    for (const std::string& input : node.proto.input())
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
    for (const std::string& input : nodes[node].proto.input()) {
      const int producer = input.empty() ? outside : producers.at(input);
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

Status check_and_sort(const onnx::GraphProto& graph, std::vector<FlatNode>& nodes) {
  Problems problems;
  const Producers producers = find_producers(graph, nodes, problems);
  find_undefined(graph, nodes, producers, problems);
  TINYC_TRY(problems.status());

  std::vector<int> waiting_for(nodes.size(), 0);
  std::vector<std::vector<int>> readers(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i)
    for (const std::string& input : nodes[i].proto.input())
      if (const int producer = input.empty() ? outside : producers.at(input); producer != outside) {
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

Status check_operators(const FlatModel& model) {
  Problems problems;
  for (const FlatNode& node : model.nodes) {
    const std::string domain = canonical_domain(node.proto.domain());
    const std::string& type = node.proto.op_type();
    if (!domain.empty()) {
      if (!find_onnx_import(domain, type))
        problems.add("TC3102", node.name(), "the operator " + type + " of the domain '" + domain + "' is not supported");
    } else if (!node.opsets->contains("")) {
      problems.add("TC4101", node.name(), "the model uses " + type + " but imports no operator set");
    } else if (type == "If" || type == "Loop" || type == "Scan") {
      problems.add("TC3107", node.name(), "control flow (" + type + ") is not supported", "export the model unrolled");
    } else if (!find_onnx_import(domain, type)) {
      problems.add("TC3101", node.name(), "the operator " + type + " is not supported");
    }
  }
  return problems.status();
}

}  // namespace tinyc::onnx_format
