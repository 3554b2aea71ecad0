#include "tests/fuzz/mutate_model.h"

#include <array>
#include <limits>
#include <vector>

#include "formats/onnx/proto.h"
#include "lib/ops/ops.h"
#include "lib/support/rng.h"

namespace tinyc {
namespace {

using onnx::AttributeProto;

constexpr std::array<std::int64_t, 24> odd_integers{
    0, 1, -1, 2, -2, 3, 4, 5, 7, 8, 16, 127, 128, -128, 255, 1000, 65536, 1 << 20, std::numeric_limits<std::int32_t>::max(),
    std::numeric_limits<std::int32_t>::min(), std::int64_t{1} << 32, std::int64_t{1} << 62,
    std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
constexpr std::array<float, 14> odd_reals{0.0f, -0.0f, 1.0f, -1.0f, 0.5f, 1e-30f, 1e30f, -1e30f, 1e-45f, 3e38f, 255.0f,
                                          std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
                                          std::numeric_limits<float>::quiet_NaN()};
constexpr std::array<const char*, 60> attribute_names{
    "axis", "axes", "pads", "kernel_shape", "strides", "dilations", "group", "perm", "mode", "keepdims", "alpha", "beta",
    "epsilon", "to", "value", "value_ints", "value_float", "transA", "transB", "auto_pad", "ceil_mode", "count_include_pad",
    "output_padding", "output_shape", "blocksize", "starts", "ends", "steps", "split", "num_outputs", "shape", "allowzero",
    "coordinate_transformation_mode", "nearest_mode", "antialias", "keep_aspect_ratio_policy", "scales", "sizes", "height_scale",
    "direction", "hidden_size", "linear_before_reset", "layout", "clip", "activations", "equation", "k", "p", "largest", "sorted",
    "exclusive", "reverse", "batch_dims", "reduction", "upper", "noop_with_empty_axes", "select_last_index", "min", "max", "body"};
constexpr std::array<const char*, 16> attribute_texts{"", "SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET", "reflect", "edge", "wrap",
                                                      "linear", "cubic", "asymmetric", "align_corners", "DCR", "CRD",
                                                      "bidirectional", "ij,jk->ik"};

class Mutator {
 public:
  Mutator(onnx::ModelProto& model, std::uint64_t seed) : model_(model), graph_(*model.mutable_graph()), rng_(seed) {}

  void mutate() {
    for (auto changes = rng_.integer(1, 4); changes > 0; --changes) change();
  }

 private:
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(rng_.integer(0, static_cast<std::int64_t>(n) - 1)); }
  int index(int n) { return static_cast<int>(below(static_cast<std::size_t>(n))); }
  template <class Items>
  auto pick(const Items& items) { return items[below(items.size())]; }
  std::int64_t integer() { return below(3) ? rng_.integer(-2, 9) : pick(odd_integers); }
  float real() { return below(2) ? static_cast<float>(rng_.normal()) : pick(odd_reals); }

  std::string value() {  // of anything in the graph
    std::vector<std::string> names{""};
    for (const auto& input : graph_.input()) names.push_back(input.name());
    for (const auto& tensor : graph_.initializer()) names.push_back(tensor.name());
    for (const auto& node : graph_.node())
      for (const auto& output : node.output()) names.push_back(output);
    return pick(names);
  }

  void change() {
    switch (below(12)) {
      case 0: return change_operator();
      case 1:
      case 2: return change_operands();
      case 3:
      case 4: return change_attribute();
      case 5:
      case 6: return change_tensor();
      case 7: return change_input();
      case 8: return add_node();
      case 9: return change_nodes();
      case 10: return change_outputs();
      default:
        if (model_.opset_import_size()) model_.mutable_opset_import(0)->set_version(rng_.integer(5, 24));
    }
  }

  onnx::NodeProto* node() { return graph_.node_size() ? graph_.mutable_node(index(graph_.node_size())) : nullptr; }

  void change_operator() {
    if (auto* changed = node()) set_operator(*changed);
  }
  void set_operator(onnx::NodeProto& changed) {
    const OnnxImport& import = *pick(all_onnx_imports());
    changed.set_op_type(std::string(import.op_type));
    changed.set_domain(std::string(import.domain));
  }

  void change_operands() {
    auto* changed = node();
    if (!changed) return;
    if (below(4) == 0 && changed->input_size()) changed->mutable_input()->RemoveLast();
    else if (below(4) == 0 || changed->input_size() == 0) changed->add_input(value());
    else changed->set_input(index(changed->input_size()), value());
    if (below(6) == 0) changed->add_output("more" + std::to_string(rng_.next() % 1000));
  }

  void change_attribute() {
    auto* changed = node();
    if (!changed) return;
    if (changed->attribute_size() == 0 || below(3) == 0) {
      auto& added = *changed->add_attribute();
      added.set_name(pick(attribute_names));
      fill(added);
      return;
    }
    const int at = index(changed->attribute_size());
    if (below(4) == 0) changed->mutable_attribute()->DeleteSubrange(at, 1);
    else alter(*changed->mutable_attribute(at));
  }
  void fill(AttributeProto& attribute) {
    switch (below(5)) {
      case 0: attribute.set_type(AttributeProto::FLOAT); attribute.set_f(real()); return;
      case 1: attribute.set_type(AttributeProto::STRING); attribute.set_s(pick(attribute_texts)); return;
      case 2: attribute.set_type(AttributeProto::INT); attribute.set_i(integer()); return;
      default:
        attribute.set_type(AttributeProto::INTS);
        for (auto n = rng_.integer(0, 4); n > 0; --n) attribute.add_ints(integer());
    }
  }
  void alter(AttributeProto& attribute) {
    if (attribute.has_t()) return alter(*attribute.mutable_t());
    if (attribute.has_i()) return attribute.set_i(integer());
    if (attribute.has_f()) return attribute.set_f(real());
    if (attribute.has_s()) return attribute.set_s(pick(attribute_texts));
    if (attribute.floats_size()) return attribute.set_floats(index(attribute.floats_size()), real());
    if (attribute.ints_size() == 0 || below(4) == 0) return attribute.add_ints(integer());
    if (below(4) == 0) return attribute.mutable_ints()->RemoveLast();
    attribute.set_ints(index(attribute.ints_size()), integer());
  }

  void change_tensor() {
    if (graph_.initializer_size()) alter(*graph_.mutable_initializer(index(graph_.initializer_size())));
  }
  void alter(onnx::TensorProto& tensor) {
    switch (below(8)) {
      case 0: tensor.set_data_type(static_cast<int>(rng_.integer(0, 23))); return;
      case 1: tensor.add_dims(below(2) ? 1 : integer()); return;
      case 2: if (tensor.dims_size()) tensor.mutable_dims()->RemoveLast(); return;
      case 3: if (tensor.dims_size()) tensor.set_dims(index(tensor.dims_size()), integer()); return;
      case 4: if (tensor.dims_size() > 1) tensor.mutable_dims()->SwapElements(0, index(tensor.dims_size())); return;
      default: break;
    }
    if (tensor.float_data_size()) tensor.set_float_data(index(tensor.float_data_size()), real());
    if (tensor.int64_data_size()) tensor.set_int64_data(index(tensor.int64_data_size()), integer());
    if (tensor.int32_data_size()) tensor.set_int32_data(index(tensor.int32_data_size()), static_cast<std::int32_t>(integer()));
    if (!tensor.raw_data().empty()) (*tensor.mutable_raw_data())[below(tensor.raw_data().size())] = static_cast<char>(rng_.next());
  }

  void change_input() {
    if (graph_.input_size() == 0) return;
    auto& type = *graph_.mutable_input(index(graph_.input_size()))->mutable_type()->mutable_tensor_type();
    auto& shape = *type.mutable_shape();
    switch (below(4)) {
      case 0: type.set_elem_type(static_cast<int>(rng_.integer(1, 16))); return;
      case 1: shape.add_dim()->set_dim_value(below(2) ? 1 : integer()); return;
      case 2: if (shape.dim_size()) shape.mutable_dim()->RemoveLast(); return;
      default: if (shape.dim_size()) shape.mutable_dim(index(shape.dim_size()))->set_dim_value(integer());
    }
  }

  // Reads values that are there; an output of the graph.
  void add_node() {
    auto& added = *graph_.add_node();
    set_operator(added);
    for (auto n = rng_.integer(1, 3); n > 0; --n) added.add_input(value());
    const std::string name = "new" + std::to_string(rng_.next() % 100000);
    added.add_output(name);
    graph_.add_output()->set_name(name);
  }

  void change_nodes() {
    if (graph_.node_size() == 0) return;
    const int at = index(graph_.node_size());
    switch (below(3)) {
      case 0: graph_.mutable_node()->DeleteSubrange(at, 1); return;
      case 1: graph_.mutable_node()->SwapElements(at, index(graph_.node_size())); return;
      default: {
        onnx::NodeProto copy = graph_.node(at);
        for (std::string& output : *copy.mutable_output()) output += "_" + std::to_string(rng_.next() % 100);
        if (copy.output_size()) graph_.add_output()->set_name(copy.output(0));
        *graph_.add_node() = std::move(copy);
      }
    }
  }

  void change_outputs() {
    if (below(3) == 0 && graph_.output_size() > 1) graph_.mutable_output()->RemoveLast();
    else graph_.add_output()->set_name(value());
  }

  onnx::ModelProto& model_;
  onnx::GraphProto& graph_;
  Rng rng_;
};

std::string mutate_bytes(std::string_view bytes, std::uint64_t seed) {
  Rng rng(seed);
  std::string changed(bytes);
  if (changed.empty()) return std::string(1, static_cast<char>(rng.next()));
  for (auto n = rng.integer(1, 4); n > 0; --n)
    changed[static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(changed.size()) - 1))] = static_cast<char>(rng.next());
  return changed;
}

}  // namespace

std::string mutate_model(std::string_view bytes, std::uint64_t seed) {
  onnx::ModelProto model;
  if (seed % 8 == 0 || !onnx_format::parse(bytes, 1 << 26, model).ok()) return mutate_bytes(bytes, seed);
  Mutator(model, seed).mutate();
  return model.SerializeAsString();
}

}  // namespace tinyc
