#include "formats/onnx/exporter.h"

#include <algorithm>
#include <numeric>

#include "formats/onnx/write_proto.h"
#include "lib/ops/movement.h"

namespace tinyc::onnx_format {
namespace {

using Integers = std::vector<std::int64_t>;

// The axes of more than one element, in this order.
Order moving_axes(const Shape& shape, const Order& order) {
  Order moving;
  for (const int axis : order)
    if (shape[axis] != 1) moving.push_back(axis);
  return moving;
}

void describe(const Value& value, onnx::ValueInfoProto& info) {
  const Type& type = value.type();
  info.set_name(value.name());
  auto& tensor = *info.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(data_type_of(type.is_quantized() ? DType::f32 : type.dtype));
  auto& shape = *tensor.mutable_shape();  // there for a scalar too
  for (const std::int64_t size : type.shape) shape.add_dim()->set_dim_value(size);
}

std::string unique_in(std::set<std::string, std::less<>>& taken, std::string_view wanted) {
  std::string name(wanted);
  for (int i = 1; !taken.insert(name).second; ++i) name = std::string(wanted) + "_" + std::to_string(i);
  return name;
}

}  // namespace

Order identity_order(int rank) {
  Order order(static_cast<std::size_t>(rank));
  std::iota(order.begin(), order.end(), 0);
  return order;
}

Order channels_first(int rank) {
  Order order = identity_order(rank);
  if (rank > 2) std::rotate(order.begin() + 1, order.end() - 1, order.end());
  return order;
}

Shape permuted(const Shape& shape, const Order& order) {
  Integers sizes;
  for (const int axis : order) sizes.push_back(shape[axis]);
  return Shape(std::move(sizes));
}

std::int64_t position(const Order& order, std::int64_t axis) {
  return std::find(order.begin(), order.end(), static_cast<int>(axis)) - order.begin();
}

Exporter::Exporter(const Graph& graph) : graph_(graph), copies_(graph.value_bound()) {
  names_.insert("");
  for (const ValueId id : graph.inputs()) names_.insert(graph.value(id).name());
  for (const ValueId id : graph.outputs())
    if (names_.insert(graph.value(id).name()).second) open_outputs_.insert(graph.value(id).name());
  for (const ValueId id : graph.inputs()) {
    const Value& input = graph.value(id);
    describe(input, *proto_.add_input());
    const Order order = identity_order(input.type().shape.rank());
    if (input.type().is_quantized()) define(id, input.name(), order);
    else copies(id).push_back({input.name(), "", input.type().shape, order});
  }
}

// --- nodes

std::string Exporter::fresh(std::string_view wanted) { return unique_in(names_, wanted); }

Names Exporter::emit_all(std::string_view op_type, std::string_view name, const Names& inputs,
                         const Attributes& attributes, int outputs) {
  onnx::NodeProto& node = *proto_.add_node();
  node.set_op_type(std::string(op_type));
  node.set_name(unique_in(node_names_, name));
  for (const std::string& input : inputs) node.add_input(input);
  write_attributes(attributes, node);
  Names results;
  for (int i = 0; i < outputs; ++i) results.push_back(fresh(std::string(name) + "_result"));
  for (const std::string& result : results) node.add_output(result);
  return results;
}

std::string Exporter::reshape(std::string_view name, const std::string& x, const Shape& shape) {
  const std::string sizes = initializer(std::string(name) + "_shape", Tensor::of(Shape{shape.rank()}, shape.sizes()));
  const bool empty = std::ranges::find(shape, 0) != shape.end();
  return emit("Reshape", name, {x, sizes}, empty ? Attributes{{"allowzero", std::int64_t{1}}} : Attributes{});
}

std::string Exporter::initializer(std::string_view name, const Tensor& tensor) {
  std::string unique = fresh(name);
  write_tensor(tensor, unique, *proto_.add_initializer());
  return unique;
}

// Of an output that no node reads yet.
void Exporter::rename_output(const std::string& from, const std::string& to) {
  for (int i = proto_.node_size(); i-- > 0;)
    for (std::string& output : *proto_.mutable_node(i)->mutable_output())
      if (output == from) {
        output = to;
        names_.erase(from);
        return;
      }
  TINYC_CHECK(false, "only results of nodes are renamed");
}

// --- copies

bool Exporter::same_elements(const Copy& copy, ValueId value, const Order& order) const {
  const Shape& shape = graph_.value(value).type().shape;
  return moving_axes(shape, copy.order) == moving_axes(shape, order);
}

// The value's own name is for the copy that has its shape when the value is an output of the graph, and for the first
// copy otherwise.
std::string Exporter::result_name(ValueId value, bool as_it_is) {
  const std::string& name = graph_.value(value).name();
  if (as_it_is && open_outputs_.erase(name)) return name;
  return fresh(name);
}

Order Exporter::order_at_hand(ValueId value) const {
  const auto& known = copies(value);
  return known.empty() ? identity_order(graph_.value(value).type().shape.rank()) : known.front().order;
}

std::string Exporter::copy(ValueId value, const Order& order) {
  const Shape shape = graph_.value(value).type().shape, wanted = permuted(shape, order);
  for (const Copy& known : copies(value))
    if (known.shape == wanted && same_elements(known, value, order)) return known.real;
  if (graph_.value(value).is_constant()) return constant_copy(value, order);
  TINYC_CHECK(!copies(value).empty(), "nodes come in a topological order");
  const auto made = [&](const std::string& tensor, const Order& to) {
    const std::string name = result_name(value, to == identity_order(shape.rank()));
    rename_output(tensor, name);
    copies(value).push_back({name, "", permuted(shape, to), to});
    return name;
  };
  const std::string own_name = graph_.value(value).name();
  const auto reshaped = [&](const Copy& from, const Order& to) {
    return made(reshape(own_name + "_Reshape", from.real, permuted(shape, to)), to);
  };
  for (const Copy& known : copies(value))
    if (same_elements(known, value, order)) return reshaped(Copy(known), order);
  const Copy first = copies(value).front();
  const std::string from = first.shape == permuted(shape, first.order) ? first.real : reshaped(first, first.order);
  Integers perm;
  for (const int axis : order) perm.push_back(position(first.order, axis));
  return made(emit("Transpose", own_name + "_Transpose", {from}, {{"perm", perm}}), order);
}

std::string Exporter::elements(ValueId value) {
  const Order order = identity_order(graph_.value(value).type().shape.rank());
  for (const Copy& known : copies(value))
    if (same_elements(known, value, order)) return known.real;
  return copy(value, order);
}

std::string Exporter::stored_constant(ValueId id, const Order& order) {
  const Value& value = graph_.value(id);
  const Shape& shape = value.type().shape;
  Tensor tensor(value.type().dtype, permuted(shape, order));
  Integers strides;
  for (const int axis : order) strides.push_back(shape.strides()[static_cast<std::size_t>(axis)]);
  ops::copy_strided(value.constant(), 0, strides, tensor);
  return initializer(value.name(), tensor);
}

std::string Exporter::constant_copy(ValueId id, const Order& order) {
  const Value& value = graph_.value(id);
  const std::string stored = stored_constant(id, order);
  std::string real = stored;
  if (value.type().is_quantized()) {
    real = fresh(value.name() + "_dequantized");
    rename_output(convert("DequantizeLinear", stored, id, order), real);
  }
  copies(id).push_back({real, stored == real ? "" : stored, permuted(value.type().shape, order), order});
  return real;
}

std::string Exporter::rescaled(ValueId id, const Order& order, const std::vector<float>& scale) {
  const Value& value = graph_.value(id);
  Quantization quantization = *value.type().quantization;
  if (scale == quantization.scale) return copy(id, order);
  std::string stored;
  if (value.is_constant()) stored = stored_constant(id, order);
  for (const Copy& known : copies(id))
    if (stored.empty() && known.shape == permuted(value.type().shape, order) && same_elements(known, id, order))
      stored = known.stored;
  if (stored.empty()) return copy(id, order);
  quantization.scale = scale;
  const std::string real = fresh(value.name() + "_dequantized");
  rename_output(convert("DequantizeLinear", stored, id, order, new_parameters(value, quantization)), real);
  return real;
}

std::string Exporter::stored(ValueId value) {
  const Order order = order_at_hand(value);
  copy(value, order);
  for (const Copy& known : copies(value))
    if (!known.stored.empty() && same_elements(known, value, order)) return known.stored;
  return convert("QuantizeLinear", copy(value, order), value, order);  // exact: these real numbers are stored ones
}

// --- quantization

const Names& Exporter::parameters(ValueId id) {
  Names& names = parameters_[id];
  if (names.empty()) names = new_parameters(graph_.value(id), *graph_.value(id).type().quantization);
  return names;
}

Names Exporter::new_parameters(const Value& value, const Quantization& quantization) {
  const Shape shape = quantization.is_per_tensor() ? Shape{} : Shape{static_cast<std::int64_t>(quantization.scale.size())};
  Names names{initializer(value.name() + "_scale", Tensor::of(shape, quantization.scale))};
  const bool zero = std::ranges::all_of(quantization.zero_point, [](std::int32_t point) { return point == 0; });
  if (value.type().dtype != DType::i32 || !zero)  // ONNX forbids one for int32
    names.push_back(initializer(value.name() + "_zero_point",
                                Tensor::of(shape, quantization.zero_point).cast(value.type().dtype)));
  return names;
}

std::string Exporter::convert(std::string_view op_type, const std::string& tensor, ValueId id, const Order& order) {
  return convert(op_type, tensor, id, order, parameters(id));
}

std::string Exporter::convert(std::string_view op_type, const std::string& tensor, ValueId id, const Order& order,
                              Names inputs) {
  const Quantization& quantization = *graph_.value(id).type().quantization;
  inputs.insert(inputs.begin(), tensor);
  Attributes attributes;
  if (!quantization.is_per_tensor()) attributes.set("axis", position(order, quantization.axis));
  return emit(op_type, graph_.value(id).name() + "_" + std::string(op_type), inputs, attributes);
}

void Exporter::define(ValueId id, const std::string& tensor, const Order& order) {
  const Value& value = graph_.value(id);
  if (!value.type().is_quantized()) {
    const std::string name = result_name(id, order == identity_order(value.type().shape.rank()));
    rename_output(tensor, name);
    copies(id).push_back({name, "", permuted(value.type().shape, order), order});
    return;
  }
  define_stored(id, convert("QuantizeLinear", tensor, id, order), order);
}

void Exporter::define_stored(ValueId id, const std::string& tensor, const Order& order) {
  const Value& value = graph_.value(id);
  const std::string stored = fresh(value.name() + "_quantized");
  rename_output(tensor, stored);
  const bool input = graph_.is_input(id);
  const std::string name = input ? fresh(value.name() + "_dequantized")
                                 : result_name(id, order == identity_order(value.type().shape.rank()));
  rename_output(convert("DequantizeLinear", stored, id, order), name);
  copies(id).push_back({name, stored, permuted(value.type().shape, order), order});
}

void Exporter::define_transposed(ValueId value, ValueId from, const Order& perm) {
  if (copies(from).empty()) copy(from, identity_order(graph_.value(from).type().shape.rank()));
  for (const Copy& known : copies(from)) {
    Order order;
    for (const int axis : known.order) order.push_back(static_cast<int>(position(perm, axis)));
    copies(value).push_back({known.real, known.stored, known.shape, order});
  }
}

void Exporter::define_squeezed(ValueId value, ValueId from) {
  if (copies(from).empty()) copy(from, identity_order(graph_.value(from).type().shape.rank()));
  const Shape& old_shape = graph_.value(from).type().shape;
  const Shape& shape = graph_.value(value).type().shape;
  const Order identity = identity_order(shape.rank());
  const Order moving = moving_axes(shape, identity), old_moving = moving_axes(old_shape, identity_order(old_shape.rank()));
  TINYC_CHECK(moving.size() == old_moving.size(), "as many axes of more than one element");
  for (const Copy& known : copies(from)) {
    Order unit, order;  // axes of size 1 where the copy has them, as far as they go
    for (const int axis : identity)
      if (shape[axis] == 1) unit.push_back(axis);
    const Order old_order = moving_axes(old_shape, known.order);
    std::size_t next = 0, next_unit = 0;
    for (const std::int64_t size : known.shape) {
      if (size != 1) order.push_back(moving[static_cast<std::size_t>(position(old_moving, old_order[next++]))]);
      else if (next_unit < unit.size()) order.push_back(unit[next_unit++]);
    }
    order.insert(order.begin(), unit.begin() + static_cast<std::ptrdiff_t>(next_unit), unit.end());
    copies(value).push_back({known.real, known.stored, known.shape, order});
  }
}

onnx::GraphProto Exporter::finish() {
  for (const ValueId id : graph_.outputs()) {
    const Value& output = graph_.value(id);
    describe(output, *proto_.add_output());
    const std::string tensor = copy(id, identity_order(output.type().shape.rank()));
    if (tensor == output.name()) continue;
    const std::string same = emit("Identity", output.name() + "_Identity", {tensor});
    open_outputs_.erase(output.name());
    rename_output(same, output.name());
  }
  proto_.set_name(graph_.name);
  return std::move(proto_);
}

}  // namespace tinyc::onnx_format
