// ONNX MaxUnpool, as a scatter into zeros; and MaxPool with its second output, the indices of the maxima.

#include <limits>

#include "lib/ops/import_util.h"
#include "lib/ops/pool.h"

namespace tinyc::ops {
namespace {

using Integers = std::vector<std::int64_t>;

Result<ValueId> reshape(ImportContext& context, ValueId x, Integers shape, std::string_view suffix) {
  return context.emit("reshape", {x}, {{"shape", std::move(shape)}}, suffix);
}

// The shape whose pool is that of the operand, without output_shape.
Result<Shape> unpooled_shape(ImportContext& context) {
  const Shape x = context.input_type(0).shape;
  const auto kernel = TINYC_TRY(required_attribute<Integers>(context, "kernel_shape"));
  const std::size_t rank = kernel.size();
  const auto strides = TINYC_TRY(attribute_or<Integers>(context, "strides", Integers(rank, 1)));
  const auto pads = TINYC_TRY(attribute_or<Integers>(context, "pads", Integers(2 * rank, 0)));
  if (static_cast<int>(rank) + 2 != x.rank() || strides.size() != rank || pads.size() != 2 * rank)
    return context.invalid("kernel_shape, strides or pads do not fit an operand of rank " + std::to_string(x.rank()));
  Shape shape = x;
  for (std::size_t i = 0; i < rank; ++i) {
    constexpr std::int64_t most = 1 << 20;
    for (const std::int64_t value : {kernel[i], strides[i], pads[i], pads[i + rank]})
      if (value < 0 || value > most) return context.invalid("kernel_shape, strides or pads are out of range");
    const int axis = static_cast<int>(i) + 2;
    shape[axis] = (x[axis] - 1) * strides[i] - pads[i] - pads[i + rank] + kernel[i];
  }
  if (!shape.valid()) return context.invalid("the result would have shape " + shape.to_string());
  return shape;
}

Result<std::vector<ValueId>> import_max_unpool(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 2, 3));
  const Shape pooled = context.input_type(0).shape;
  const DType dtype = context.input_type(0).dtype;
  if (context.input_type(1).shape != pooled) return context.invalid("there is not an index for each element");
  const Shape shape = TINYC_TRY(unpooled_shape(context));
  const ValueId zeros = context.constant("zeros", Tensor(dtype, Shape{shape.elements()}));
  const ValueId places = TINYC_TRY(reshape(context, context.input(1), {pooled.elements()}, "places"));
  const ValueId maxima = TINYC_TRY(reshape(context, context.input(0), {pooled.elements()}, "maxima"));
  const ValueId flat = TINYC_TRY(context.emit("scatter_elements", {zeros, places, maxima},
                                              {{"axis", std::int64_t{0}}, {"reduction", std::string("none")}}, "flat"));
  const ValueId result = TINYC_TRY(reshape(context, flat, shape.sizes(), "unpooled"));
  if (!context.has_input(2)) return std::vector{result};
  // The elements keep their places; what output_shape adds comes after them.
  const Integers wanted = TINYC_TRY(constant_integers(context, 2, "output shape"));
  if (static_cast<int>(wanted.size()) != shape.rank()) return context.invalid("output_shape has another rank than the operand");
  Integers pads(wanted.size(), 0);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] < 0 || wanted[i] > Shape::max_elements) return context.invalid("output_shape is out of range");
    pads.push_back(wanted[i] - shape.sizes()[i]);
  }
  return context.emit_all("pad", {result}, {{"mode", std::string("constant")}, {"pads", std::move(pads)}, {"value", 0.0}});
}

// The taps of every window as indices of the plane's elements, row by row, and as ONNX counts them.
struct Taps {
  Integers element, index;
};

Taps taps_of(const Window2d& window, std::int64_t height, std::int64_t width, bool column_major) {
  Taps taps;
  for (std::int64_t oy = 0; oy < window[0].output_size(height); ++oy)
    for (std::int64_t ox = 0; ox < window[1].output_size(width); ++ox)
      for (std::int64_t ky = 0; ky < window[0].kernel; ++ky)
        for (std::int64_t kx = 0; kx < window[1].kernel; ++kx) {
          const std::int64_t y = window[0].start(oy) + ky * window[0].dilation, x = window[1].start(ox) + kx * window[1].dilation;
          const bool inside = y >= 0 && y < height && x >= 0 && x < width;
          taps.element.push_back(inside ? y * width + x : height * width);
          taps.index.push_back(!inside ? 0 : column_major ? x * height + y : y * width + x);
        }
  return taps;
}

}  // namespace

Result<std::vector<ValueId>> import_max_pool_with_indices(ImportContext& context, const std::vector<WindowAxis>& axes) {
  const Shape in = context.input_type(0).shape;
  if (axes.size() > 2 || context.input_type(0).dtype != DType::f32)
    return context.unsupported("the second output (indices of the maxima) other than of one or two axes of real numbers",
                               "remove what reads it");
  const Window2d window = to_2d(axes);
  const std::int64_t height = in.rank() == 4 ? in[2] : 1, width = in[in.rank() - 1];
  const std::int64_t windows = window[0].output_size(height) * window[1].output_size(width);
  const std::int64_t size = window[0].kernel * window[1].kernel;
  constexpr std::int64_t most = 1 << 20;
  if (windows > most || size > most || windows * size > most) return context.unsupported("indices of so many windows");
  const bool column_major = TINYC_TRY(integer_attribute(context, "storage_order", 0)) != 0;
  const Taps taps = taps_of(window, height, width, column_major);

  // Every window's elements side by side; padding is smaller than any of them.
  ValueId x = TINYC_TRY(reshape(context, context.input(0), {in[0], in[1], height * width}, "planes"));
  x = TINYC_TRY(context.emit("pad", {x}, {{"mode", std::string("constant")}, {"pads", Integers{0, 0, 0, 0, 0, 1}},
                                          {"value", -static_cast<double>(std::numeric_limits<float>::max())}}, "padded"));
  const ValueId elements = context.constant("taps", Tensor::of(Shape{windows, size}, taps.element));
  x = TINYC_TRY(context.emit("gather", {x, elements}, {{"axis", std::int64_t{2}}}, "windows"));
  const ValueId tap = TINYC_TRY(context.emit(
      "arg_max", {x}, {{"axis", std::int64_t{3}}, {"keepdims", std::int64_t{1}}, {"select_last_index", std::int64_t{0}}}, "tap"));
  const ValueId maxima = TINYC_TRY(context.emit("gather_elements", {x, tap}, {{"axis", std::int64_t{3}}}, "maxima"));

  Integers first_taps, first_elements, shape = in.sizes();
  for (std::int64_t i = 0; i < windows; ++i) first_taps.push_back(i * size);
  for (std::int64_t i = 0; i < in[0] * in[1]; ++i) first_elements.push_back(i * height * width);
  const ValueId starts = context.constant("first_taps", Tensor::of(Shape{1, 1, windows, 1}, first_taps));
  const ValueId planes = context.constant("first_elements", Tensor::of(Shape{in[0], in[1], 1, 1}, first_elements));
  const ValueId table = context.constant("indices", Tensor::of(Shape{windows * size}, taps.index));
  const ValueId place = TINYC_TRY(context.emit("add", {tap, starts}, {}, "place"));
  const ValueId in_plane = TINYC_TRY(context.emit("gather", {table, place}, {{"axis", std::int64_t{0}}}, "in_plane"));
  const ValueId index = TINYC_TRY(context.emit("add", {in_plane, planes}, {}, "index"));

  if (in.rank() == 4) shape[2] = window[0].output_size(height);
  shape.back() = window[1].output_size(width);
  const ValueId values = TINYC_TRY(reshape(context, maxima, shape, "values"));
  const ValueId indices = TINYC_TRY(reshape(context, index, shape, "indices"));
  return std::vector{values, indices};
}

const std::vector<OnnxImport>& max_unpool() {
  static const std::vector<OnnxImport> imports{{"MaxUnpool", import_max_unpool}};
  return imports;
}

}  // namespace tinyc::ops
