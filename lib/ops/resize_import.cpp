#include "lib/ops/resize_import.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "lib/ops/import_util.h"
#include "lib/ops/layout.h"
#include "lib/ops/resample.h"

namespace tinyc::ops {
namespace {

using Integers = std::vector<std::int64_t>;
using Reals = std::vector<double>;

struct Target {
  Integers sizes;
  Reals scales;
  Reals roi;  // starts and ends; empty: none
};

Result<Reals> constant_reals(ImportContext& context, int input, std::string_view what) {
  const Tensor* tensor = context.input_constant(input);
  if (!tensor) return context.unsupported("the " + std::string(what) + " are computed at run time", "export the model with static shapes");
  return tensor->to_doubles();
}

// An operand that is there and not empty.
bool is_given(ImportContext& context, int input) {
  return context.has_input(input) && context.input_type(input).shape.elements() > 0;
}

Result<Target> target_of_scales(const ImportContext& context, const Shape& from, Reals scales) {
  if (static_cast<int>(scales.size()) != from.rank()) return context.invalid("there is not a scale for each axis");
  Target target{{}, std::move(scales), {}};
  for (int axis = 0; axis < from.rank(); ++axis) {
    const double scale = target.scales[static_cast<std::size_t>(axis)];
    const double size = std::floor(static_cast<double>(from[axis]) * scale);
    if (!(scale > 0) || !(size <= static_cast<double>(Shape::max_elements))) return context.invalid("a scale is out of range");
    target.sizes.push_back(static_cast<std::int64_t>(size));
  }
  return target;
}

// The nodes: NHWC between transposes when only spatial axes change, as they are otherwise.
Result<std::vector<ValueId>> emit_resize(ImportContext& context, const Target& target, Attributes attributes) {
  const ValueId x = context.input(0);
  const Shape from = context.input_type(0).shape;
  const auto emit = [&](ValueId value, const std::vector<std::size_t>& perm) {
    Attributes all = attributes;
    Integers sizes;
    Reals scales, starts, ends;
    for (const std::size_t axis : perm) {
      sizes.push_back(target.sizes[axis]);
      scales.push_back(target.scales[axis]);
      if (target.roi.empty()) continue;
      starts.push_back(target.roi[axis]);
      ends.push_back(target.roi[axis + target.sizes.size()]);
    }
    if (perm.size() == 3) {  // one spatial axis is the width of a height of 1
      sizes.insert(sizes.begin() + 1, 1);
      scales.insert(scales.begin() + 1, 1.0);
      if (!starts.empty()) starts.insert(starts.begin() + 1, 0.0), ends.insert(ends.begin() + 1, 1.0);
    }
    starts.insert(starts.end(), ends.begin(), ends.end());
    all.set("sizes", std::move(sizes));
    all.set("scales", std::move(scales));
    if (!starts.empty()) all.set("roi", std::move(starts));
    return context.emit("resize", {value}, std::move(all));
  };
  const auto unchanged = [&](std::size_t axis) {
    return target.sizes[axis] == from.sizes()[axis] && target.scales[axis] == 1;
  };
  if ((from.rank() == 3 || from.rank() == 4) && unchanged(0) && unchanged(1)) {
    const std::vector<std::size_t> perm = from.rank() == 4 ? std::vector<std::size_t>{0, 2, 3, 1} : std::vector<std::size_t>{0, 2, 1};
    const ValueId result = TINYC_TRY(emit_channels_last(context, x, [&](ValueId value) { return emit(value, perm); }));
    return std::vector{result};
  }
  attributes.set("sizes", target.sizes);
  attributes.set("scales", target.scales);
  if (!target.roi.empty()) attributes.set("roi", target.roi);
  return context.emit_all("resize", {x}, std::move(attributes));
}

Attributes old_rules(std::string mode) {
  if (mode == "bilinear") mode = "linear";  // Upsample's name before opset 7
  return {{"mode", std::move(mode)}, {"coordinates", std::string("asymmetric")}, {"nearest", std::string("simple")}};
}

// The axes that sizes, scales and roi speak of (opset 18), all of them otherwise.
Result<std::vector<std::size_t>> named_axes(const ImportContext& context, int rank) {
  std::vector<std::size_t> axes;
  if (context.attributes().has("axes")) {
    const auto named = TINYC_TRY(required_attribute<Integers>(context, "axes"));
    TINYC_TRY(checked_axes(context, named, rank));
    for (const std::int64_t axis : named) axes.push_back(static_cast<std::size_t>(*normalize_axis(axis, rank)));
  } else {
    axes.resize(static_cast<std::size_t>(rank));
    std::iota(axes.begin(), axes.end(), std::size_t{0});
  }
  return axes;
}

Result<Target> target_of_sizes(ImportContext& context, const Shape& from, const std::vector<std::size_t>& axes) {
  const Integers wanted = TINYC_TRY(constant_integers(context, 3, "list of sizes"));
  const auto policy = TINYC_TRY(attribute_or<std::string>(context, "keep_aspect_ratio_policy", "stretch"));
  if (policy != "stretch" && policy != "not_larger" && policy != "not_smaller")
    return context.invalid("unknown keep_aspect_ratio_policy '" + policy + "'");
  if (wanted.size() != axes.size()) return context.invalid("there is not a size for each axis");
  Target target{from.sizes(), Reals(from.sizes().size(), 1.0), {}};
  double common = policy == "not_larger" ? HUGE_VAL : 0;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::int64_t size = from.sizes()[axes[i]];
    if (wanted[i] < 0 || wanted[i] > Shape::max_elements || (size == 0 && wanted[i] != 0)) return context.invalid("a size is out of range");
    const double scale = size == 0 ? 1 : static_cast<double>(wanted[i]) / static_cast<double>(size);
    target.sizes[axes[i]] = wanted[i];
    target.scales[axes[i]] = scale;
    common = policy == "not_larger" ? std::min(common, scale) : std::max(common, scale);
  }
  for (std::size_t i = 0; policy != "stretch" && i < axes.size(); ++i) {
    target.scales[axes[i]] = common;
    target.sizes[axes[i]] = std::llround(common * static_cast<double>(from.sizes()[axes[i]]));
  }
  return target;
}

Result<Target> import_target(ImportContext& context, const Shape& from) {
  const auto axes = TINYC_TRY(named_axes(context, from.rank()));
  const bool by_scales = is_given(context, 2), by_sizes = is_given(context, 3);
  if (by_scales == by_sizes) return context.invalid("needs either scales or sizes");
  Target target;
  if (by_sizes) {
    target = TINYC_TRY(target_of_sizes(context, from, axes));
  } else {
    const Reals given = TINYC_TRY(constant_reals(context, 2, "scales"));
    if (given.size() != axes.size()) return context.invalid("there is not a scale for each axis");
    Reals scales(from.sizes().size(), 1.0);
    for (std::size_t i = 0; i < axes.size(); ++i) scales[axes[i]] = given[i];
    target = TINYC_TRY(target_of_scales(context, from, std::move(scales)));
  }
  if (is_given(context, 1)) {
    const Reals given = TINYC_TRY(constant_reals(context, 1, "regions of interest"));
    if (given.size() != 2 * axes.size()) return context.invalid("roi has not a start and an end for each axis");
    target.roi.assign(2 * from.sizes().size(), 0.0);
    std::fill(target.roi.begin() + from.rank(), target.roi.end(), 1.0);
    for (std::size_t i = 0; i < axes.size(); ++i) {
      target.roi[axes[i]] = given[i];
      target.roi[axes[i] + from.sizes().size()] = given[i + axes.size()];
    }
  }
  return target;
}

}  // namespace

Result<std::vector<ValueId>> import_upsample(ImportContext& context) {
  const auto mode = TINYC_TRY(attribute_or<std::string>(context, "mode", "nearest"));
  const Shape from = (context.has_input(0) ? context.input_type(0).shape : Shape{});
  Reals scales;
  if (context.opset() < 9) {
    TINYC_TRY(check_inputs(context, 1, 1));
    scales = TINYC_TRY(required_attribute<Reals>(context, "scales"));
  } else {
    TINYC_TRY(check_inputs(context, 2, 2));
    scales = TINYC_TRY(constant_reals(context, 1, "scales"));
  }
  const Target target = TINYC_TRY(target_of_scales(context, from, std::move(scales)));
  return emit_resize(context, target, old_rules(mode));
}

Result<std::vector<ValueId>> import_resize(ImportContext& context) {
  const auto mode = TINYC_TRY(attribute_or<std::string>(context, "mode", "nearest"));
  if (context.opset() < 11) {
    TINYC_TRY(check_inputs(context, 2, 2));
    Reals scales = TINYC_TRY(constant_reals(context, 1, "scales"));
    const Shape from = context.input_type(0).shape;
    const Target target = TINYC_TRY(target_of_scales(context, from, std::move(scales)));
    return emit_resize(context, target, old_rules(mode));
  }
  TINYC_TRY(check_inputs(context, 1, 4));
  const Shape from = context.input_type(0).shape;
  const auto coordinates = TINYC_TRY(attribute_or<std::string>(context, "coordinate_transformation_mode", "half_pixel"));
  const auto nearest = TINYC_TRY(attribute_or<std::string>(context, "nearest_mode", "round_prefer_floor"));
  Attributes attributes{{"mode", mode}, {"coordinates", coordinates}, {"nearest", nearest}};
  if (mode == "cubic") attributes.set("cubic_a", TINYC_TRY(real_attribute(context, "cubic_coeff_a", -0.75)));
  const auto exclude = TINYC_TRY(integer_attribute(context, "exclude_outside", 0));
  const auto antialias = TINYC_TRY(integer_attribute(context, "antialias", 0));
  const auto extrapolation = TINYC_TRY(real_attribute(context, "extrapolation_value", 0));
  if (exclude) attributes.set("exclude_outside", exclude);
  if (antialias) attributes.set("antialias", antialias);
  Target target = TINYC_TRY(import_target(context, from));
  if (attributes.text("coordinates") == "tf_crop_and_resize") {
    attributes.set("extrapolation", extrapolation);
  } else {
    target.roi.clear();
  }
  return emit_resize(context, target, std::move(attributes));
}

}  // namespace tinyc::ops
