// ONNX Split: one slice per output.

#include <numeric>

#include "lib/ops/import_util.h"

namespace tinyc::ops {
namespace {

using Integers = std::vector<std::int64_t>;

// As even as the opset asks: all alike, or (opset 18) the last one smaller.
Result<Integers> even_sizes(const ImportContext& context, std::int64_t size) {
  const std::int64_t count = TINYC_TRY(integer_attribute(context, "num_outputs", context.output_count()));
  if (count < 1 || count != context.output_count()) return context.invalid("has not as many outputs as it says");
  const std::int64_t chunk = (size + count - 1) / count;
  if (size % count != 0 && (context.opset() < 18 || chunk * (count - 1) > size))
    return context.invalid(std::to_string(size) + " elements do not split into " + std::to_string(count));
  Integers sizes(static_cast<std::size_t>(count), chunk);
  sizes.back() = size - chunk * (count - 1);
  return sizes;
}

Result<Integers> split_sizes(ImportContext& context, std::int64_t size) {
  if (context.opset() < 13) {
    if (context.attributes().has("split")) return required_attribute<Integers>(context, "split");
  } else if (context.has_input(1)) {
    return constant_integers(context, 1, "list of sizes");
  }
  return even_sizes(context, size);
}

Result<std::vector<ValueId>> import_split(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 1, context.opset() < 13 ? 1 : 2));
  const Shape shape = context.input_type(0).shape;
  const std::int64_t named = TINYC_TRY(integer_attribute(context, "axis", 0));
  const auto axis = static_cast<std::size_t>(TINYC_TRY(checked_axis(context, named, shape.rank())));
  const Integers sizes = TINYC_TRY(split_sizes(context, shape.sizes()[axis]));
  std::int64_t left = shape.sizes()[axis];
  for (const std::int64_t size : sizes) {
    if (size < 0 || size > left) return context.invalid("the sizes do not add up to the operand's");
    left -= size;
  }
  if (left != 0 || static_cast<int>(sizes.size()) != context.output_count())
    return context.invalid("the sizes do not add up to the operand's, or are not as many as the outputs");
  std::vector<ValueId> outputs;
  Integers starts(shape.sizes().size(), 0), taken = shape.sizes();
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    taken[axis] = sizes[i];
    const Attributes attributes{{"starts", starts}, {"steps", Integers(starts.size(), 1)}, {"sizes", taken}};
    const std::string suffix = sizes.size() > 1 ? std::to_string(i) : "";
    outputs.push_back(TINYC_TRY(context.emit("slice", {context.input(0)}, attributes, suffix)));
    starts[axis] += sizes[i];
  }
  return outputs;
}

}  // namespace

const std::vector<OnnxImport>& split() {
  static const std::vector<OnnxImport> imports{{"Split", import_split}};
  return imports;
}

}  // namespace tinyc::ops
