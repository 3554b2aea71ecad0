// resize: x resampled along every axis to `sizes`: nearest, linear or cubic, by the rules of ONNX Resize. Upsample too.

#include "lib/ops/resize_import.h"

#include <algorithm>
#include <cmath>

#include "lib/ops/binary_int8.h"
#include "lib/ops/checks.h"
#include "lib/ops/elementwise.h"
#include "lib/ops/float_call.h"
#include "lib/ops/movement.h"
#include "lib/ops/resample.h"
#include "lib/ops/typed_call.h"

namespace tinyc::ops {
namespace {

using Integers = std::vector<std::int64_t>;
using Reals = std::vector<double>;

const std::string* text(const NodeView& node, std::string_view name) {
  const Attribute* attribute = node.attributes.find(name);
  return attribute ? std::get_if<std::string>(attribute) : nullptr;
}

Result<ResizeRule> rule_of(const NodeView& node) {
  const std::string *mode = text(node, "mode"), *coordinates = text(node, "coordinates"), *nearest = text(node, "nearest");
  const auto parsed_mode = mode ? parse_resize_mode(*mode) : std::nullopt;
  const auto parsed_coordinates = coordinates ? parse_coordinates(*coordinates) : std::nullopt;
  const auto parsed_nearest = nearest ? parse_nearest(*nearest) : std::nullopt;
  if (!parsed_mode || !parsed_coordinates || !parsed_nearest)
    return node.error("TC4010", "resize has an unknown mode, rule of coordinates or of the nearest element");
  TINYC_TRY(check_optional_real(node, "cubic_a"));
  return ResizeRule{*parsed_mode, *parsed_coordinates, *parsed_nearest, node.attributes.real_or("cubic_a", -0.75),
                    node.attributes.integer_or("exclude_outside", 0) != 0, node.attributes.integer_or("antialias", 0) != 0};
}

std::vector<ResizeAxis> axes_of(const NodeView& node, const Shape& in) {
  const Integers& sizes = node.attributes.integers("sizes");
  const Reals& scales = node.attributes.reals("scales");
  std::vector<ResizeAxis> axes;
  for (std::size_t i = 0; i < sizes.size(); ++i) axes.push_back({in.sizes()[i], sizes[i], scales[i]});
  if (node.attributes.has("roi")) {
    const Reals& roi = node.attributes.reals("roi");
    for (std::size_t i = 0; i < axes.size(); ++i) axes[i].roi_start = roi[i], axes[i].roi_end = roi[i + axes.size()];
  }
  return axes;
}

Result<std::vector<Type>> infer(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, 1, 1));
  Type result = node.operand(0);
  const Shape from = result.shape;
  const ResizeRule rule = TINYC_TRY(rule_of(node));
  const Integers sizes = TINYC_TRY(require_integers(node, "sizes"));
  const Attribute* scales = node.attributes.find("scales");
  const auto* reals = scales ? std::get_if<Reals>(scales) : nullptr;
  const Attribute* roi = node.attributes.find("roi");
  const auto rank = static_cast<std::size_t>(from.rank());
  if (sizes.size() != rank || !reals || reals->size() != rank ||
      (roi && (!std::get_if<Reals>(roi) || std::get<Reals>(*roi).size() != 2 * rank)))
    return node.error("TC4010", "resize needs a size and a scale for each axis");
  result.shape = Shape(sizes);
  for (std::size_t i = 0; i < rank; ++i)
    if (!((*reals)[i] > 0 && (*reals)[i] < 1e9) || (from.sizes()[i] == 0) != (sizes[i] == 0))
      return node.error("TC4010", "resize of " + from.to_string() + " to " + result.shape.to_string());
  if (rule.mode != ResizeMode::nearest && !result.quantization && !accepts_dtype(Accepts::numbers, result.dtype))
    return unsupported_dtype(node, result.dtype);
  if (result.quantization && !result.quantization->is_per_tensor())
    return node.error("TC4010", "resize of per-channel quantized elements");
  return std::vector{result};
}

std::vector<Integers> nearest_maps(const ResizeRule& rule, const std::vector<ResizeAxis>& axes) {
  std::vector<Integers> maps;
  for (const ResizeAxis& axis : axes) {
    Integers& map = maps.emplace_back();
    for (std::int64_t i = 0; i < axis.out; ++i) map.push_back(source_element(rule, axis, i));
  }
  return maps;
}

// x[outer, in, inner] mixed along the middle axis.
Reals mix_axis(const Reals& x, const ResizeRule& rule, const ResizeAxis& axis, std::int64_t outer, std::int64_t inner) {
  Reals y(static_cast<std::size_t>(outer * axis.out * inner), 0.0);
  for (std::int64_t o = 0; o < axis.out; ++o)
    for (const Tap& tap : source_taps(rule, axis, o))
      for (std::int64_t i = 0; i < outer; ++i) {
        const double* from = x.data() + (i * axis.in + tap.element) * inner;
        double* to = y.data() + (i * axis.out + o) * inner;
        for (std::int64_t k = 0; k < inner; ++k) to[k] += tap.weight * from[k];
      }
  return y;
}

bool is_outside(const ResizeRule& rule, const ResizeAxis& axis, std::int64_t output) {
  const double x = source_position(rule, axis, output);
  return x < 0 || x > static_cast<double>(axis.in - 1);
}

// tf_crop_and_resize: what lies outside of the input has a value of its own.
void extrapolate(const NodeView& node, const ResizeRule& rule, const std::vector<ResizeAxis>& axes, Tensor& out) {
  if (rule.coordinates != Coordinates::tf_crop_and_resize) return;
  Tensor value(out.dtype(), Shape{});
  fill(value, node.attributes.real_or("extrapolation", 0));
  const std::size_t bytes = size_of(out.dtype());
  const auto strides = out.shape().strides();
  std::byte* to = out.mutable_bytes().data();
  for (std::int64_t i = 0; i < out.elements(); ++i)
    for (std::size_t axis = 0; axis < axes.size(); ++axis)
      if (is_outside(rule, axes[axis], i / strides[axis] % axes[axis].out))
        std::copy_n(value.bytes().data(), bytes, to + static_cast<std::size_t>(i) * bytes);
}

Status eval_float(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const ResizeRule rule = *rule_of(node);
  const Shape& shape = in[0]->shape();
  const std::vector<ResizeAxis> axes = axes_of(node, shape);
  if (out[0].elements() == 0) return {};
  if (rule.mode == ResizeMode::nearest) {
    copy_mapped(*in[0], nearest_maps(rule, axes), out[0]);
  } else {
    Reals values = in[0]->to_doubles();
    std::int64_t outer = 1, inner = shape.elements();
    for (const ResizeAxis& axis : axes) {
      inner /= axis.in;
      if (axis.in != axis.out || axis.scale != 1 || rule.coordinates == Coordinates::tf_crop_and_resize)
        values = mix_axis(values, rule, axis, outer, inner);
      outer *= axis.out;
    }
    out[0] = Tensor::of(out[0].shape(), values).cast(out[0].dtype());
  }
  extrapolate(node, rule, axes, out[0]);
  return {};
}

// Two neighbours along one axis: (256 - weight) / 256 of `first`, weight / 256 of the one after it.
struct Pairs {
  std::vector<std::uint16_t> first, weight;
};

Pairs pairs_of(const ResizeRule& rule, const ResizeAxis& axis) {
  Pairs pairs;
  for (std::int64_t i = 0; i < axis.out; ++i) {
    const double x = std::clamp(source_position(rule, axis, i), 0.0, static_cast<double>(axis.in - 1));
    const double first = std::min(std::floor(x), static_cast<double>(std::max<std::int64_t>(axis.in - 2, 0)));
    pairs.first.push_back(static_cast<std::uint16_t>(first));
    pairs.weight.push_back(static_cast<std::uint16_t>(std::lround((x - first) * 256)));
  }
  return pairs;
}

// int8 linear: two neighbouring axes of x, seen as [outer, height, width, inner].
struct Plane {
  std::int64_t outer = 1, inner = 1;
  ResizeAxis height, width;
};

Result<Plane> plane_of(const NodeView& node, const ResizeRule& rule) {
  const std::vector<ResizeAxis> axes = axes_of(node, node.operand(0).shape);
  std::vector<std::size_t> changed;
  bool small = true;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (axes[i].in != axes[i].out || axes[i].scale != 1) changed.push_back(i);
    small = small && axes[i].in <= 0xffff;
  }
  if (rule.mode != ResizeMode::linear || rule.antialias || rule.coordinates == Coordinates::tf_crop_and_resize)
    return node.error("TC3014", "resize in this mode has no integer kernel",
                      "keep it in float (--keep-float), or use mode nearest or linear");
  if (changed.size() > 2 || (changed.size() == 2 && changed[1] != changed[0] + 1) || !small)
    return node.error("TC3014", "linear resize of other than two neighbouring axes has no integer kernel",
                      "keep it in float (--keep-float)");
  Plane plane;
  const std::size_t last = changed.empty() ? axes.size() - 1 : changed.back();
  const std::size_t first = changed.size() == 2 ? changed.front() : last;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (i < first) plane.outer *= axes[i].in;
    if (i > last) plane.inner *= axes[i].in;
  }
  plane.width = axes[last];
  if (first != last) plane.height = axes[first];
  return plane;
}

Status eval_int8(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  check_same_parameters(node);
  const ResizeRule rule = *rule_of(node);
  if (rule.mode == ResizeMode::nearest && rule.coordinates != Coordinates::tf_crop_and_resize) return eval_float(node, in, out);
  const Plane plane = TINYC_TRY(plane_of(node, rule));
  const Pairs rows = pairs_of(rule, plane.height), columns = pairs_of(rule, plane.width);
  const auto x = in[0]->data<std::int8_t>();
  auto y = out[0].mutable_data<std::int8_t>().begin();
  for (std::int64_t n = 0; n < plane.outer; ++n)
    for (std::size_t r = 0; r < rows.first.size(); ++r)
      for (std::size_t c = 0; c < columns.first.size(); ++c)
        for (std::int64_t k = 0; k < plane.inner; ++k) {
          const auto at = [&](std::int64_t row, std::int64_t column) -> std::int32_t {
            row = std::min(row, plane.height.in - 1), column = std::min(column, plane.width.in - 1);
            return x[static_cast<std::size_t>(((n * plane.height.in + row) * plane.width.in + column) * plane.inner + k)];
          };
          const std::int64_t row = rows.first[r], column = columns.first[c];
          const std::int32_t down = rows.weight[r], right = columns.weight[c];
          const std::int32_t upper = (256 - right) * at(row, column) + right * at(row, column + 1);
          const std::int32_t lower = (256 - right) * at(row + 1, column) + right * at(row + 1, column + 1);
          *y++ = static_cast<std::int8_t>(((256 - down) * upper + down * lower + 32768) >> 16);
        }
  return {};
}

Result<std::vector<KernelCall>> lower(const NodeView& node, const CoreFeatures&) {
  const ResizeRule rule = *rule_of(node);
  if (rule.mode == ResizeMode::nearest && rule.coordinates != Coordinates::tf_crop_and_resize)
    return lower_mapped_copy(node, node.operand(0).shape, nearest_maps(rule, axes_of(node, node.operand(0).shape)));
  const Plane plane = TINYC_TRY(plane_of(node, rule));
  KernelCall call{.kernel = "tinyc_resize_linear_s8", .inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  append(call, "batches", plane.outer);
  append(call, "in_height", plane.height.in);
  append(call, "in_width", plane.width.in);
  append(call, "out_height", plane.height.out);
  append(call, "out_width", plane.width.out);
  append(call, "channels", plane.inner);
  const auto table = [&](const char* name, const std::vector<std::uint16_t>& values) {
    call.params.push_back({name, Table{Tensor::of(Shape{static_cast<std::int64_t>(values.size())}, values)}});
  };
  const Pairs rows = pairs_of(rule, plane.height), columns = pairs_of(rule, plane.width);
  table("row", rows.first);
  table("row_weight", rows.weight);
  table("column", columns.first);
  table("column_weight", columns.weight);
  return std::vector{std::move(call)};
}

// What the outputs along one axis mix, as tinyc_resize_f32 reads it.
struct AxisTaps {
  std::vector<std::int64_t> first{0}, element;
  std::vector<float> weight;
};

AxisTaps taps_of(const ResizeRule& rule, const ResizeAxis& axis) {
  AxisTaps taps;
  for (std::int64_t i = 0; i < axis.out; ++i) {
    const bool outside = rule.coordinates == Coordinates::tf_crop_and_resize && is_outside(rule, axis, i);
    if (!outside && rule.mode == ResizeMode::nearest) {
      taps.element.push_back(source_element(rule, axis, i));
      taps.weight.push_back(1);
    } else if (!outside) {
      for (const Tap& tap : source_taps(rule, axis, i)) {
        taps.element.push_back(tap.element);
        taps.weight.push_back(static_cast<float>(tap.weight));
      }
    }
    taps.first.push_back(static_cast<std::int64_t>(taps.element.size()));
  }
  return taps;
}

// Whether every output is the element of its own place.
bool is_identity(const ResizeRule& rule, const ResizeAxis& axis) {
  if (axis.in != axis.out) return false;
  if (axis.scale == 1 && rule.coordinates != Coordinates::tf_crop_and_resize) return true;
  const AxisTaps taps = taps_of(rule, axis);
  if (static_cast<std::int64_t>(taps.element.size()) != axis.out) return false;
  for (std::size_t i = 0; i < taps.element.size(); ++i)
    if (taps.first[i] != static_cast<std::int64_t>(i) || taps.element[i] != static_cast<std::int64_t>(i) || taps.weight[i] != 1)
      return false;
  return true;
}

Result<std::vector<KernelCall>> lower_weighted(const NodeView& node, const ResizeRule& rule) {
  TINYC_TRY(check_single_precision(node));
  constexpr std::size_t most_axes = 3;
  const std::vector<ResizeAxis> axes = axes_of(node, node.operand(0).shape);
  const auto changes = [&](const ResizeAxis& axis) { return !is_identity(rule, axis); };
  const auto begin = std::ranges::find_if(axes, changes);
  const auto end = std::max(begin, std::ranges::find_if(axes.rbegin(), axes.rend(), changes).base());
  if (end - begin > static_cast<std::ptrdiff_t>(most_axes))
    return node.error("TC3014", "resize of axes that are more than three apart has no kernel", "resize in two steps");
  std::int64_t outer = 1, run = 1;
  for (auto axis = axes.begin(); axis != begin; ++axis) outer *= axis->in;
  for (auto axis = end; axis != axes.end(); ++axis) run *= axis->in;
  std::vector<ResizeAxis> resized(begin, end);
  resized.insert(resized.begin(), most_axes - resized.size(), ResizeAxis{});

  KernelCall call = float_call(node, "tinyc_resize_f32");
  std::vector<std::int64_t> steps(most_axes + 1, run);
  for (std::size_t i = most_axes; i-- > 0;) steps[i] = steps[i + 1] * resized[i].in;
  append(call, "outer", outer);
  for (std::size_t i = 0; i < most_axes; ++i) append(call, "size" + std::to_string(i), resized[i].out);
  append(call, "run", run);
  append(call, "outer_step", steps[0]);
  for (std::size_t i = 0; i < most_axes; ++i) append(call, "in_step" + std::to_string(i), steps[i + 1]);
  call.params.push_back({"outside", static_cast<float>(node.attributes.real_or("extrapolation", 0))});
  std::vector<AxisTaps> taps;
  for (const ResizeAxis& axis : resized) taps.push_back(taps_of(changes(axis) ? rule : ResizeRule{}, axis));
  for (std::size_t i = 0; i < most_axes; ++i) {
    if (taps[i].element.size() > 0xffff || resized[i].in > 0xffff)
      return node.error("TC3015", "resize along an axis longer than 65535");
    append_table(call, "first" + std::to_string(i), taps[i].first, DType::u16);
    append_table(call, "element" + std::to_string(i), taps[i].element, DType::u16);
  }
  for (std::size_t i = 0; i < most_axes; ++i) {
    const Shape size{static_cast<std::int64_t>(taps[i].weight.size())};
    call.params.push_back({"weight" + std::to_string(i), Table{Tensor::of(size, taps[i].weight)}});
  }
  return std::vector{std::move(call)};
}

Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures& features) {
  const ResizeRule rule = *rule_of(node);
  if (rule.mode == ResizeMode::nearest && rule.coordinates != Coordinates::tf_crop_and_resize) return lower(node, features);
  return lower_weighted(node, rule);
}

Work work(const NodeView& node) {
  const ResizeMode mode = rule_of(node)->mode;
  const std::int64_t taps = mode == ResizeMode::nearest ? 1 : mode == ResizeMode::linear ? 4 : 16;
  return {.element_ops = node.result().shape.elements() * taps};
}

}  // namespace

const OpDef& resize() {
  static const OpDef op{.name = "resize",
                        .summary = "x resampled along each axis to `sizes`; `mode` nearest, linear or cubic",
                        .onnx = {{"Resize", import_resize}, {"Upsample", import_upsample}},
                        .infer = infer,
                        .eval_float = eval_float,
                        .eval_int8 = eval_int8,
                        .work = work,
                        .quantization = as_operand_rule,
                        .lower = lower,
                        .lower_float = lower_float};
  return op;
}

}  // namespace tinyc::ops
