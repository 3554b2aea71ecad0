#include "lib/ops/indexing.h"

#include <algorithm>
#include <cstring>

#include "lib/ops/binary_int8.h"
#include "lib/ops/import_util.h"
#include "lib/ops/typed_call.h"

namespace tinyc::ops {
namespace {

Result<std::int64_t> place_along(const NodeView& node, std::int64_t index, std::int64_t size) {
  if (index < -size || index >= size)
    return node.error("TC6012", "the index " + std::to_string(index) + " is out of range for an axis of " + std::to_string(size));
  return index < 0 ? index + size : index;
}

template <class T>
T combine(Reduction reduction, T old, T update) {
  if constexpr (std::is_same_v<T, bool>) {
    switch (reduction) {
      case Reduction::none: return update;
      case Reduction::add: case Reduction::max: return old || update;
      case Reduction::mul: case Reduction::min: return old && update;
    }
    return update;
  } else {
    using Wide = std::conditional_t<std::is_floating_point_v<T>, T, std::uint64_t>;
    switch (reduction) {
      case Reduction::none: return update;
      case Reduction::add: return static_cast<T>(static_cast<Wide>(old) + static_cast<Wide>(update));
      case Reduction::mul: return static_cast<T>(static_cast<Wide>(old) * static_cast<Wide>(update));
      case Reduction::max: return std::max(old, update);
      case Reduction::min: return std::min(old, update);
    }
    return update;
  }
}

}  // namespace

Result<std::vector<std::int64_t>> tuple_places(const NodeView& node, const Shape& x, const Tensor& indices, int first_axis) {
  const std::vector<std::int64_t> values = indices.to_integers();
  const std::vector<std::int64_t> strides = x.strides();
  const Shape& shape = indices.shape();
  const auto depth = static_cast<std::size_t>(shape[shape.rank() - 1]);
  std::int64_t batches = 1;
  for (int axis = 0; axis < first_axis; ++axis) batches *= x[axis];
  std::int64_t tuples = 1;
  for (int axis = 0; axis + 1 < shape.rank(); ++axis) tuples *= shape[axis];
  const std::int64_t per_batch = batches > 0 ? tuples / batches : 0;
  const std::int64_t batch_stride = batches > 0 ? x.elements() / batches : 0;
  std::vector<std::int64_t> places;
  for (std::int64_t tuple = 0; tuple < tuples; ++tuple) {
    std::int64_t place = per_batch > 0 ? tuple / per_batch * batch_stride : 0;
    for (std::size_t i = 0; i < depth; ++i) {
      const std::size_t axis = static_cast<std::size_t>(first_axis) + i;
      const std::int64_t index = values[static_cast<std::size_t>(tuple) * depth + i];
      place += TINYC_TRY(place_along(node, index, x.sizes()[axis])) * strides[axis];
    }
    places.push_back(place);
  }
  return places;
}

Result<std::vector<std::int64_t>> element_places(const NodeView& node, const Shape& x, const Tensor& indices, int axis) {
  const std::vector<std::int64_t> values = indices.to_integers();
  const std::vector<std::int64_t> strides = x.strides(), own = indices.shape().strides();
  std::vector<std::int64_t> places;
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::int64_t place = TINYC_TRY(place_along(node, values[i], x[axis])) * strides[static_cast<std::size_t>(axis)];
    for (int a = 0; a < x.rank(); ++a) {
      const auto at = static_cast<std::size_t>(a);
      if (a != axis) place += static_cast<std::int64_t>(i) / own[at] % indices.shape()[a] * strides[at];
    }
    places.push_back(place);
  }
  return places;
}

Result<Reduction> require_reduction(const NodeView& node) {
  const Attribute* attribute = node.attributes.find("reduction");
  const auto* name = attribute ? std::get_if<std::string>(attribute) : nullptr;
  const std::string text = name ? *name : "";
  if (text == "none") return Reduction::none;
  if (text == "add") return Reduction::add;
  if (text == "mul") return Reduction::mul;
  if (text == "max") return Reduction::max;
  if (text == "min") return Reduction::min;
  return node.error("TC4010", std::string(node.op.name) + " has an unknown reduction '" + text + "'");
}

Result<std::string> import_reduction_mode(const ImportContext& context) {
  return attribute_or<std::string>(context, "reduction", "none");
}

void append_indexed_axes(KernelCall& call, const Shape& x, int first_axis, std::int64_t depth) {
  const auto strides = x.strides();
  const auto part = [&](const std::vector<std::int64_t>& all) {
    const auto first = all.begin() + first_axis;
    return std::vector<std::int64_t>(first, first + depth);
  };
  append_table(call, "sizes", part(x.sizes()), DType::i32);
  append_table(call, "strides", part(strides), DType::i32);
}

void append_element_indices(KernelCall& call, const NodeView& node) {
  const Shape& x = node.operand(0).shape;
  const int axis = *normalize_axis(node.attributes.integer("axis"), x.rank());
  append_type(call, "index_type", node.operand(1));
  append(call, "count", node.operand(1).shape.elements());
  append(call, "rank", x.rank());
  append(call, "axis", axis);
  append(call, "axis_size", x[axis]);
}

void append_element_axes(KernelCall& call, const NodeView& node) {
  append_table(call, "counts", node.operand(1).shape.sizes(), DType::i32);
  append_table(call, "strides", node.operand(0).shape.strides(), DType::i32);
}

void scatter(Reduction reduction, const std::vector<std::int64_t>& places, std::int64_t run, const Tensor& updates, Tensor& out) {
  if (reduction == Reduction::none) {
    const std::size_t bytes = static_cast<std::size_t>(run) * size_of(out.dtype());
    const std::byte* from = updates.bytes().data();
    std::byte* to = out.mutable_bytes().data();
    for (std::size_t i = 0; i < places.size(); ++i)
      std::memcpy(to + static_cast<std::size_t>(places[i]) * size_of(out.dtype()), from + i * bytes, bytes);
    return;
  }
  if (out.dtype() == DType::f16 || out.dtype() == DType::bf16) {
    Tensor wide = out.cast(DType::f32);
    scatter(reduction, places, run, updates.cast(DType::f32), wide);
    out = wide.cast(out.dtype());
    return;
  }
  visit_dtype(out.dtype(), [&]<class T>(T) {
    const auto from = updates.data<T>();
    const auto to = out.mutable_data<T>();
    for (std::size_t i = 0; i < places.size(); ++i)
      for (std::int64_t k = 0; k < run; ++k) {
        T& place = to[static_cast<std::size_t>(places[i] + k)];
        place = combine<T>(reduction, place, from[i * static_cast<std::size_t>(run) + static_cast<std::size_t>(k)]);
      }
  });
}

}  // namespace tinyc::ops
