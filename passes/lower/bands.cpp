#include "passes/lower/bands.h"

#include <algorithm>

namespace tinyc {
namespace {

bool is_activation(const Value* value) { return value && !value->is_constant(); }

bool is_image(const Type& type) { return type.shape.rank() == 4 && type.shape[0] == 1; }

// Operands are of the result's shape, or constants that are the same for all rows.
bool same_shapes(const NodeView& node) {
  for (const Value* operand : node.operands) {
    if (!operand) continue;
    const Shape& shape = operand->type().shape;
    const bool for_all_rows = shape.rank() < 3 || (shape.rank() == 4 && shape[1] == 1) || (shape.rank() == 3 && shape[0] == 1);
    if (operand->is_constant() ? !for_all_rows : shape != node.result().shape) return false;
  }
  return true;
}

std::optional<RowWindow> window_of_rows(const NodeView& node, std::int64_t kernel) {
  const auto& pads = node.attributes.integers("pads");
  RowWindow window;
  window.extent = (kernel - 1) * node.attributes.integers("dilations")[0] + 1;
  window.stride = node.attributes.integers("strides")[0];
  window.pad = pads[0];
  if (node.operand(0).is_quantized()) window.fill = node.operand(0).quantization->zero_point.front();
  return window;
}

Type with_rows(Type type, std::int64_t rows, bool planar) {
  std::vector<std::int64_t> sizes = type.shape.sizes();
  sizes[planar ? 2 : 1] = rows;
  type.shape = Shape(std::move(sizes));
  return type;
}

// The node with fewer rows, alone in a graph.
class BandNode {
 public:
  BandNode(const Graph& graph, NodeId id, const RowWindow& window, const BandSize& size) {
    const NodeView node = view(graph, id);
    for (std::size_t i = 0; i < node.operands.size(); ++i) {
      const Value* value = node.operands[i];
      if (!value) operands_.push_back({});
      else if (value->is_constant()) operands_.push_back(graph_.add_constant(value->name(), value->constant(), value->type().quantization));
      else operands_.push_back(graph_.add_input(value->name(), with_rows(value->type(), size.in_rows, window.planar)));
    }
    Attributes attributes = node.attributes;
    if (attributes.has("pads")) {
      auto pads = attributes.integers("pads");
      pads[0] = size.pad_above, pads[2] = size.pad_below;
      attributes.set("pads", std::move(pads));
    }
    if (attributes.has("uncounted")) attributes.set("uncounted", std::vector<std::int64_t>{0, attributes.integers("uncounted")[1]});
    node_ = graph_.add_node(node.op, node.name, operands_, std::move(attributes), {with_rows(node.result(), size.out_rows, false)});
  }
  NodeView node() const { return view(graph_, node_); }

 private:
  Graph graph_;
  std::vector<ValueId> operands_;
  NodeId node_;
};

bool same_tables(const KernelCall& a, const KernelCall& b) {
  if (a.kernel != b.kernel || a.params.size() != b.params.size()) return false;
  for (std::size_t i = 0; i < a.params.size(); ++i) {
    const auto *table = std::get_if<Table>(&a.params[i].value), *other = std::get_if<Table>(&b.params[i].value);
    if ((table == nullptr) != (other == nullptr)) return false;
    if (table && !(table->data == other->data)) return false;
  }
  return true;
}

// What pays for a whole layer does not always pay for a band by itself: the other objectives are asked, too.
std::optional<KernelCall> same_kernel(const NodeView& node, const KernelCall& whole, CoreFeatures features) {
  const Answer<LowerFn>& answer = runs_on_integers(node) ? node.op.lower : node.op.lower_float;
  for (const Objective objective : {features.objective, Objective::time, Objective::balanced, Objective::size, Objective::ram}) {
    features.objective = objective;
    auto calls = (*answer)(node, features);
    if (calls.ok() && calls->size() == 1 && same_tables(calls->front(), whole)) return std::move(calls->front());
  }
  return std::nullopt;
}

}  // namespace

std::int64_t rows_of(const Type& type, bool planar) { return type.shape[planar ? 2 : 1]; }

std::int64_t row_bytes(const Type& type, bool planar) {
  return type.bytes() / type.shape[planar ? 2 : 1] / (planar ? type.shape[1] : 1);
}

std::optional<RowWindow> row_window(const NodeView& node, const CompiledLayer& layer) {
  if (layer.calls.size() != 1 || node.results.size() != 1 || !is_image(node.result())) return std::nullopt;
  if (!is_activation(node.operands.front()) || !is_image(node.operand(0))) return std::nullopt;
  if (node.result().bytes() == 0 || node.operand(0).bytes() == 0) return std::nullopt;
  if (node.op.elementwise) return same_shapes(node) ? std::optional(RowWindow{}) : std::nullopt;
  const bool planar = node.op.name == "conv2d_planar";
  if (node.op.name == "conv2d" || planar) {
    for (std::size_t i = 1; i < node.operands.size(); ++i)
      if (is_activation(node.operands[i])) return std::nullopt;
    auto window = window_of_rows(node, node.operand(1).shape[1]);
    window->planar = planar;
    if (layer.calls.front().kernel == "tinyc_conv2d_winograd_s8") window->unit = 2;
    return window;
  }
  if (node.op.name != "max_pool" && node.op.name != "average_pool") return std::nullopt;
  auto window = window_of_rows(node, node.attributes.integers("kernel")[0]);
  const std::int64_t rows = rows_of(node.operand(0)), last = (rows_of(node.result()) - 1) * window->stride - window->pad + window->extent;
  if (window->pad > 0 || last > rows) window->fill = std::nullopt;
  return window;
}

bool set_parameter(KernelCall& call, std::string_view name, std::int64_t value) {
  for (KernelParam& param : call.params)
    if (param.name == name && std::holds_alternative<std::int64_t>(param.value)) {
      param.value = value;
      return true;
    }
  return false;
}

std::optional<KernelCall> band_call(const Graph& graph, const CompiledLayer& layer, const RowWindow& window, const BandSize& size,
                                    const CoreFeatures& features) {
  const BandNode band(graph, layer.node, window, size);
  const NodeView node = band.node();
  auto same = same_kernel(node, layer.calls.front(), features);
  if (!same) return std::nullopt;
  KernelCall call = std::move(*same);
  // By the names of the values that the layer itself reads and writes.
  const KernelCall& whole = layer.calls.front();
  if (call.inputs.size() != whole.inputs.size() || call.outputs.size() != whole.outputs.size()) return std::nullopt;
  call.inputs = whole.inputs;
  call.outputs = whole.outputs;
  return call;
}

}  // namespace tinyc
