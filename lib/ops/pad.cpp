// pad: x extended along its axes by pads = begins.., ends.. (negative ones remove elements), with a value or
// with x's own elements: mode constant, edge, reflect, wrap. ONNX Pad.

#include <algorithm>

#include "lib/ops/binary_int8.h"
#include "lib/ops/checks.h"
#include "lib/ops/import_util.h"
#include "lib/ops/movement.h"
#include "lib/quant/requantize.h"

namespace tinyc::ops {
namespace {

using Integers = std::vector<std::int64_t>;

enum class Mode { constant, edge, reflect, wrap };

std::optional<Mode> parse_mode(std::string_view text) {
  if (text == "constant") return Mode::constant;
  if (text == "edge") return Mode::edge;
  if (text == "reflect") return Mode::reflect;
  if (text == "wrap") return Mode::wrap;
  return std::nullopt;
}

Mode mode_of(const NodeView& node) { return *parse_mode(node.attributes.text("mode")); }

Result<std::vector<Type>> infer(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, 1, 1));
  TINYC_TRY(check_optional_real(node, "value"));
  Type result = node.operand(0);
  const Shape from = result.shape;
  const Integers pads = TINYC_TRY(require_integers(node, "pads"));
  const Attribute* mode = node.attributes.find("mode");
  if (!mode || !std::get_if<std::string>(mode) || !parse_mode(std::get<std::string>(*mode)))
    return node.error("TC4010", "pad has no mode or an unknown one");
  if (static_cast<int>(pads.size()) != 2 * from.rank())
    return node.error("TC4010", "pad has " + std::to_string(pads.size()) + " pads for a tensor of rank " +
                                    std::to_string(from.rank()));
  for (int axis = 0; axis < from.rank(); ++axis) {
    const std::int64_t begin = pads[static_cast<std::size_t>(axis)];
    const std::int64_t end = pads[static_cast<std::size_t>(axis + from.rank())];
    if (std::abs(begin) > Shape::max_elements || std::abs(end) > Shape::max_elements)
      return node.error("TC4010", "pads are out of range");
    result.shape[axis] += begin + end;
    if (result.shape[axis] < 0) return node.error("TC4010", "pads remove more elements than there are");
    if (from[axis] == 0 && result.shape[axis] > 0 && mode_of(node) != Mode::constant)
      return node.error("TC4010", "there are no elements to repeat along axis " + std::to_string(axis));
    if (result.quantization && result.quantization->axis == axis && begin + end != 0)
      return node.error("TC4010", "pad along the axis of per-channel parameters");
  }
  return std::vector{result};
}

// The index of x that position i of the result takes; -1: the value.
std::int64_t source_index(Mode mode, std::int64_t i, std::int64_t size) {
  if (i >= 0 && i < size) return i;
  const auto modulo = [](std::int64_t a, std::int64_t b) { return (a % b + b) % b; };
  switch (mode) {
    case Mode::constant: return -1;
    case Mode::edge: return std::clamp<std::int64_t>(i, 0, size - 1);
    case Mode::wrap: return modulo(i, size);
    case Mode::reflect: {
      if (size == 1) return 0;
      const std::int64_t at = modulo(i, 2 * (size - 1));
      return std::min(at, 2 * (size - 1) - at);
    }
  }
  return -1;
}

// The value as the result stores it.
std::int8_t stored_value(const NodeView& node) {
  const Quantization& result = int8_parameters(node.result());
  return quantize_to_i8(node.attributes.real_or("value", 0), result.scale.front(), result.zero_point.front());
}

std::vector<Integers> source_maps(const NodeView& node) {
  const Integers& pads = node.attributes.integers("pads");
  const Shape& from = node.operand(0).shape;
  std::vector<Integers> maps(static_cast<std::size_t>(from.rank()));
  for (int axis = 0; axis < from.rank(); ++axis)
    for (std::int64_t i = 0; i < node.result().shape[axis]; ++i)
      maps[static_cast<std::size_t>(axis)].push_back(
          source_index(mode_of(node), i - pads[static_cast<std::size_t>(axis)], from[axis]));
  return maps;
}

Status eval_float(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  fill(out[0], node.attributes.real_or("value", 0));
  copy_mapped(*in[0], source_maps(node), out[0]);
  return {};
}

Status eval_int8(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  check_same_parameters(node);
  fill(out[0], stored_value(node));
  copy_mapped(*in[0], source_maps(node), out[0]);
  return {};
}

// The box that both tensors have: tinyc_pad_s8 and tinyc_pad_bytes copy its rows.
Result<std::vector<KernelCall>> lower_constant(const NodeView& node) {
  constexpr std::size_t most_loops = 3;  // and the row itself
  const Type& result = node.result();
  const auto element = static_cast<std::int64_t>(size_of(result.dtype));
  const Integers& pads = node.attributes.integers("pads");
  const Shape& from = node.operand(0).shape;
  const auto in_strides = from.strides(), out_strides = node.result().shape.strides();
  Shape box = from;
  std::int64_t in_offset = 0, out_offset = 0;
  for (int axis = 0; axis < from.rank(); ++axis) {
    const auto i = static_cast<std::size_t>(axis);
    const std::int64_t begin = pads[i], end = pads[i + in_strides.size()];
    box[axis] += std::min<std::int64_t>(begin, 0) + std::min<std::int64_t>(end, 0);
    in_offset += std::max<std::int64_t>(-begin, 0) * in_strides[i];
    out_offset += std::max<std::int64_t>(begin, 0) * out_strides[i];
  }
  if (std::any_of(box.begin(), box.end(), [](std::int64_t size) { return size <= 0; })) {
    in_offset = out_offset = 0;  // nothing of the operand is left
    box = Shape{0};
  }
  auto loops = copy_loops(box, box.rank() == from.rank() ? std::vector{in_strides, out_strides} : std::vector<Integers>(2, {1}));
  if (loops.back().strides != Integers{1, 1}) loops.push_back({1, {1, 1}});
  const std::int64_t row = loops.back().size;
  loops.pop_back();
  if (loops.size() > most_loops) return node.error("TC3014", "pad extends more than four axes", "pad in two steps");
  loops.insert(loops.begin(), most_loops - loops.size(), CopyLoop{1, {0, 0}});

  KernelCall call{.kernel = result.is_quantized() ? "tinyc_pad_s8" : "tinyc_pad_bytes",
                  .inputs = {node.operand_ids[0]},
                  .outputs = {node.result_ids[0]}};
  append(call, "out_bytes", result.bytes());
  if (result.is_quantized()) {
    append(call, "value", stored_value(node));
  } else {
    append(call, "element_bytes", element);
    const double value = node.attributes.real_or("value", 0);
    Tensor one(result.dtype, Shape{value == 0 ? 0 : 1});
    fill(one, value);
    call.params.push_back({"value", Table{std::move(one)}});
  }
  for (std::size_t i = 0; i < most_loops; ++i) append(call, "size" + std::to_string(i), loops[i].size);
  append(call, "row_bytes", row * element);
  append(call, "in_offset", in_offset * element);
  for (std::size_t i = 0; i < most_loops; ++i) append(call, "in_step" + std::to_string(i), loops[i].strides[0] * element);
  append(call, "out_offset", out_offset * element);
  for (std::size_t i = 0; i < most_loops; ++i) append(call, "out_step" + std::to_string(i), loops[i].strides[1] * element);
  return std::vector{std::move(call)};
}

Result<std::vector<KernelCall>> lower(const NodeView& node, const CoreFeatures&) {
  if (mode_of(node) == Mode::constant) return lower_constant(node);
  return lower_mapped_copy(node, node.operand(0).shape, source_maps(node));
}

// A value other than 0 may lie outside of the operand's range: the result then has its own parameters.
QuantRule rule(const NodeView& node) {
  if (mode_of(node) != Mode::constant || node.attributes.real_or("value", 0) == 0) return as_operand_rule(node);
  return {.unify = true};
}

// pads for all axes from those of the named ones.
Result<Integers> spread_pads(const ImportContext& context, const Integers& pads, const Integers& axes, int rank) {
  TINYC_TRY(checked_axes(context, axes, rank));
  if (pads.size() != 2 * axes.size()) return context.invalid("there are not two pads per axis");
  Integers all(2 * static_cast<std::size_t>(rank), 0);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto axis = static_cast<std::size_t>(*normalize_axis(axes[i], rank));
    all[axis] = pads[i];
    all[axis + static_cast<std::size_t>(rank)] = pads[i + axes.size()];
  }
  return all;
}

Result<std::vector<ValueId>> import_pad(ImportContext& context) {
  const auto mode = TINYC_TRY(attribute_or<std::string>(context, "mode", "constant"));
  if (!parse_mode(mode)) return context.invalid("unknown mode '" + mode + "'");
  Attributes attributes{{"mode", mode}};
  if (context.opset() < 11) {
    TINYC_TRY(check_inputs(context, 1, 1));
    attributes.set("pads", TINYC_TRY(required_attribute<Integers>(context, "pads")));
    attributes.set("value", TINYC_TRY(real_attribute(context, "value", 0)));
    return context.emit_all("pad", {context.input(0)}, std::move(attributes));
  }
  TINYC_TRY(check_inputs(context, 2, context.opset() < 18 ? 3 : 4));
  Integers pads = TINYC_TRY(constant_integers(context, 1, "list of pads"));
  if (context.has_input(3)) {
    const Integers axes = TINYC_TRY(constant_integers(context, 3, "list of axes"));
    pads = TINYC_TRY(spread_pads(context, pads, axes, context.input_type(0).shape.rank()));
  }
  attributes.set("pads", std::move(pads));
  attributes.set("value", 0.0);
  if (context.has_input(2)) {
    const Tensor* value = context.input_constant(2);
    if (!value) return context.unsupported("the value is computed at run time");
    if (value->elements() != 1) return context.invalid("the value is not one element");
    attributes.set("value", value->to_doubles().front());
  }
  return context.emit_all("pad", {context.input(0)}, std::move(attributes));
}

}  // namespace

const OpDef& pad() {
  static const OpDef op{.name = "pad",
                        .summary = "x extended by `pads` (begins.., ends..) with `value` or, by `mode`, with its own elements",
                        .onnx = {{"Pad", import_pad}},
                        .infer = infer,
                        .eval_float = eval_float,
                        .eval_int8 = eval_int8,
                        .work = work_of_copy,
                        .quantization = rule,
                        .lower = lower,
                        .gradient = mapped_gradient<source_maps>,
                        .lower_float = lower};
  return op;
}

}  // namespace tinyc::ops
