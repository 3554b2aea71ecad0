#include <algorithm>
#include <cmath>
#include <limits>

#include "formats/onnx/export_node.h"

namespace tinyc::onnx_format {
namespace {

using Integers = std::vector<std::int64_t>;
using Reals = std::vector<double>;

// A list with one entry per axis, for the axes in this order.
template <class T>
std::vector<T> in_order(const std::vector<T>& list, const Order& order, std::size_t first = 0) {
  std::vector<T> ordered;
  for (const int axis : order) ordered.push_back(list[first + static_cast<std::size_t>(axis)]);
  return ordered;
}

// The same for a list of begins and then ends.
template <class T>
std::vector<T> pairs_in_order(const std::vector<T>& list, const Order& order) {
  std::vector<T> ordered = in_order(list, order);
  const std::vector<T> ends = in_order(list, order, order.size());
  ordered.insert(ordered.end(), ends.begin(), ends.end());
  return ordered;
}

bool keeps_parameters(const NodeExport& e) { return e.node.operand(0).quantization == e.node.result().quantization; }

Integers moving_sizes(const Shape& shape) {
  Integers sizes;
  std::copy_if(shape.begin(), shape.end(), std::back_inserter(sizes), [](std::int64_t size) { return size != 1; });
  return sizes;
}

std::string reals(NodeExport& e, std::string_view what, const Reals& values) {
  const Shape shape{static_cast<std::int64_t>(values.size())};
  return e.model.initializer(e.name(what), Tensor::of(shape, values).cast(DType::f32));
}

}  // namespace

Status export_as_it_is(NodeExport& e) { return e.define(e.emit(e.op_type, e.operands(), e.attributes())); }

Status export_transpose(NodeExport& e) {
  const Integers& perm = e.node.attributes.integers("perm");
  if (!keeps_parameters(e)) return export_as_it_is(e);
  e.model.define_transposed(e.node.result_ids[0], e.id(0), Order(perm.begin(), perm.end()));
  return {};
}

Status export_reshape(NodeExport& e) {
  const Shape& shape = e.node.result().shape;
  if (keeps_parameters(e) && shape.elements() > 0 && moving_sizes(shape) == moving_sizes(e.shape(0))) {
    e.model.define_squeezed(e.node.result_ids[0], e.id(0));
    return {};
  }
  return e.define(e.model.reshape(e.node.name, e.model.elements(e.id(0)), shape));
}

Status export_slice(NodeExport& e) {
  const Order order = e.order(0);
  const Integers& sizes = e.node.attributes.integers("sizes");
  Integers starts, ends, axes, steps;
  for (const int axis : order) {
    const auto at = static_cast<std::size_t>(axis);
    const std::int64_t start = e.node.attributes.integers("starts")[at], step = e.node.attributes.integers("steps")[at];
    if (sizes[at] == e.shape(0)[axis] && step == 1) continue;
    const std::int64_t end = sizes[at] == 0 ? start : start + (sizes[at] - 1) * step + (step > 0 ? 1 : -1);
    starts.push_back(start);
    ends.push_back(end < 0 ? std::numeric_limits<std::int32_t>::min() : end);  // -1 would count from the end
    axes.push_back(position(order, axis));
    steps.push_back(step);
  }
  const std::string x = e.operand(0, order);
  if (axes.empty()) return e.define(e.emit("Identity", {x}), order);
  return e.define(e.emit("Slice", {x, e.integers("starts", starts), e.integers("ends", ends), e.integers("axes", axes),
                                   e.integers("steps", steps)}), order);
}

Status export_pad(NodeExport& e) {
  const std::string& mode = e.node.attributes.text("mode");
  if (mode == "wrap") return e.unsupported("padding with the other end");
  const Order order = e.order(0);
  Names inputs{e.operand(0, order), e.integers("pads", pairs_in_order(e.node.attributes.integers("pads"), order))};
  if (mode == "constant") inputs.push_back(e.number("value", e.node.attributes.real_or("value", 0)));
  return e.define(e.emit("Pad", inputs, {{"mode", mode}}), order);
}

Status export_tile(NodeExport& e) {
  const Order order = e.order(0);
  const std::string repeats = e.integers("repeats", in_order(e.node.attributes.integers("repeats"), order));
  return e.define(e.emit("Tile", {e.operand(0, order), repeats}), order);
}

Status export_expand(NodeExport& e) {
  return e.define(e.emit("Expand", {e.operand(0), e.integers("shape", e.node.result().shape.sizes())}));
}

// By sizes where the scales follow from them, else by scales.
Status export_resize(NodeExport& e) {
  const Attributes& given = e.node.attributes;
  const Order order = e.order(0);
  const Integers sizes = in_order(given.integers("sizes"), order);
  const Reals scales = in_order(given.reals("scales"), order);
  const Shape from = permuted(e.shape(0), order);
  bool follow = true, lead = true;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const auto in = static_cast<double>(from.sizes()[i]), out = static_cast<double>(sizes[i]);
    follow = follow && scales[i] == out / in;
    lead = lead && std::floor(in * static_cast<double>(static_cast<float>(scales[i]))) == out;
  }
  if (!follow && !lead) return e.unsupported("sizes that do not follow from the scales");
  Attributes attributes{{"mode", given.text("mode")}, {"coordinate_transformation_mode", given.text("coordinates")}};
  if (given.text("coordinates") == "half_pixel_symmetric" || given.integer_or("antialias", 0))
    return e.unsupported("antialiasing and half_pixel_symmetric came later");
  if (given.text("mode") == "nearest") {
    std::string nearest = given.text("nearest");
    const auto shrinks = [](double scale) { return scale < 1; };
    if (nearest == "simple") {
      const bool any = std::ranges::any_of(scales, shrinks), grows = std::ranges::any_of(scales, [](double s) { return s > 1; });
      if (any && grows) return e.unsupported("an Upsample that shrinks one axis and stretches another");
      nearest = any ? "ceil" : "floor";
    }
    attributes.set("nearest_mode", nearest);
  }
  if (given.has("cubic_a")) attributes.set("cubic_coeff_a", given.real("cubic_a"));
  if (given.has("exclude_outside")) attributes.set("exclude_outside", given.integer("exclude_outside"));
  if (given.has("extrapolation")) attributes.set("extrapolation_value", given.real("extrapolation"));
  Names inputs{e.operand(0, order), ""};
  if (given.has("roi")) inputs[1] = reals(e, "roi", pairs_in_order(given.reals("roi"), order));
  if (follow) inputs.insert(inputs.end(), {"", e.integers("sizes", sizes)});
  else inputs.push_back(reals(e, "scales", scales));
  return e.define(e.emit("Resize", inputs, attributes), order);
}

Status export_one_hot(NodeExport& e) {
  const std::string depth = e.scalar("depth", e.node.attributes.integer("depth"));
  return e.define(e.emit("OneHot", {e.operand(0), depth, e.operand(1)}, {{"axis", e.node.attributes.integer("axis")}}));
}

Status export_trilu(NodeExport& e) {
  const std::string k = e.scalar("k", e.node.attributes.integer("k"));
  return e.define(e.emit("Trilu", {e.operand(0), k}, {{"upper", e.node.attributes.integer("upper")}}));
}

Status export_scatter(NodeExport& e) {
  const std::string reduction = e.node.attributes.text_or("reduction", "none");
  if (reduction == "max" || reduction == "min") return e.unsupported("the reduction '" + reduction + "' came later");
  return export_as_it_is(e);
}

}  // namespace tinyc::onnx_format
