#include "lib/ir/text_format.h"

#include <algorithm>
#include <cmath>

#include "lib/ir/text_syntax.h"
#include "lib/support/base64.h"
#include "lib/support/text.h"

namespace tinyc {
namespace {

using text_syntax::quoted;

std::string value_name(const std::string& name) { return "%" + (text_syntax::is_bare(name) ? name : quoted(name)); }

// Always recognizable as a real number: "1.0", "1e-08", "inf", "nan".
std::string real(double value) {
  std::string text = shortest(value);
  if (text.find_first_of(".einf") == text.npos) text += ".0";
  return text;
}

template <class List, class F>
std::string list(const List& items, F&& item) {
  std::string text = "[";
  for (const auto& each : items) {
    if (text.size() > 1) text += ", ";
    text += item(each);
  }
  return text + "]";
}

bool is_listable(const Tensor& tensor) {
  if (tensor.elements() > text_syntax::max_listed || tensor.dtype() == DType::f16 || tensor.dtype() == DType::bf16) return false;
  if (!is_float(tensor.dtype())) return true;
  const std::vector<double> values = tensor.to_doubles();
  return std::ranges::none_of(values, [](double x) { return std::isnan(x); });
}

std::string elements(const Tensor& tensor) {
  if (!is_listable(tensor)) return "base64 \"" + to_base64(tensor.bytes()) + "\"";
  switch (tensor.dtype()) {
    case DType::f32: return list(tensor.data<float>(), [](float x) { return shortest(x); });
    case DType::f64: return list(tensor.data<double>(), [](double x) { return shortest(x); });
    case DType::u64: return list(tensor.data<std::uint64_t>(), [](std::uint64_t x) { return std::to_string(x); });
    default: return list(tensor.to_integers(), [](std::int64_t x) { return std::to_string(x); });
  }
}

struct AttributePrinter {
  std::string operator()(std::int64_t x) const { return std::to_string(x); }
  std::string operator()(double x) const { return real(x); }
  std::string operator()(const std::string& x) const { return quoted(x); }
  std::string operator()(const std::vector<std::int64_t>& x) const {
    return x.empty() ? "ints[]" : list(x, [](std::int64_t i) { return std::to_string(i); });
  }
  std::string operator()(const std::vector<double>& x) const { return x.empty() ? "reals[]" : list(x, real); }
  std::string operator()(const std::vector<std::string>& x) const { return x.empty() ? "texts[]" : list(x, quoted); }
  std::string operator()(const Tensor& x) const {
    return std::string(to_string(x.dtype())) + x.shape().to_string() + "=" + elements(x);
  }
};

// "%y: f32[1,2] range(0, 6) pinned(0.5:-128)"
std::string declaration(const Value& value) {
  std::string text = value_name(value.name()) + ": " + value.type().to_string();
  if (value.range()) text += " range(" + shortest(value.range()->low) + ", " + shortest(value.range()->high) + ")";
  if (value.pinned()) text += " pinned" + text_syntax::parameters(*value.pinned());
  return text;
}

std::string statement(const Graph& graph, const Node& node) {
  std::string text;
  for (const ValueId result : node.results()) text += (text.empty() ? "" : ", ") + declaration(graph.value(result));
  text += " = " + std::string(node.op().name) + "(";
  for (std::size_t i = 0; i < node.operands().size(); ++i) {
    const ValueId operand = node.operands()[i];
    text += (i ? ", " : "") + (operand.valid() ? value_name(graph.value(operand).name()) : std::string("none"));
  }
  text += ")";
  std::string attributes;
  for (const auto& [name, value] : node.attributes())
    attributes += (attributes.empty() ? "" : ", ") + name + "=" + std::visit(AttributePrinter{}, value);
  if (!attributes.empty()) text += " {" + attributes + "}";
  if (node.results().empty() || graph.value(node.results().front()).name() != node.name()) text += " @" + quoted(node.name());
  return text;
}

}  // namespace

std::string print(const Graph& graph, const PrintOptions& options) {
  std::string text = "graph " + quoted(graph.name) + " stage=" + std::string(to_string(graph.stage)) + "\n";
  for (const auto& [key, value] : graph.metadata) text += "meta " + quoted(key) + " " + quoted(value) + "\n";
  for (const ValueId id : graph.inputs()) text += "input " + declaration(graph.value(id)) + "\n";
  for (const ValueId id : graph.values()) {
    const Value& value = graph.value(id);
    if (!value.is_constant()) continue;
    const bool elided = options.elide_constants && value.constant().elements() > text_syntax::max_listed;
    text += "const " + declaration(value) + " = " + (elided ? "..." : elements(value.constant())) + "\n";
  }
  for (const NodeId id : graph.nodes()) text += statement(graph, graph.node(id)) + "\n";
  std::string outputs;
  for (const ValueId id : graph.outputs()) outputs += (outputs.empty() ? "" : ", ") + value_name(graph.value(id).name());
  if (!outputs.empty()) text += "output " + outputs + "\n";
  return text;
}

}  // namespace tinyc
