// ONNX DepthToSpace and SpaceToDepth: a reshape that splits axes, a transpose, a reshape that joins them.

#include "lib/ops/import_util.h"

namespace tinyc::ops {
namespace {

using Integers = std::vector<std::int64_t>;

Result<std::vector<ValueId>> emit_shuffle(ImportContext& context, Integers split, Integers perm, Integers joined) {
  const ValueId parts = TINYC_TRY(context.emit("reshape", {context.input(0)}, {{"shape", std::move(split)}}, "split"));
  const ValueId moved = TINYC_TRY(context.emit("transpose", {parts}, {{"perm", std::move(perm)}}, "moved"));
  return context.emit_all("reshape", {moved}, {{"shape", std::move(joined)}});
}

Result<std::int64_t> block_size(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 1, 1));
  const auto block = TINYC_TRY(required_attribute<std::int64_t>(context, "blocksize"));
  if (context.input_type(0).shape.rank() != 4) return context.invalid("the operand is not [N,C,H,W]");
  if (block < 1 || block > (std::int64_t{1} << 15)) return context.invalid("blocksize is out of range");
  return block;
}

Result<std::vector<ValueId>> import_depth_to_space(ImportContext& context) {
  const std::int64_t block = TINYC_TRY(block_size(context));
  const auto mode = TINYC_TRY(attribute_or<std::string>(context, "mode", "DCR"));
  const Shape x = context.input_type(0).shape;
  if (mode != "DCR" && mode != "CRD") return context.invalid("unknown mode '" + mode + "'");
  if (x[1] % (block * block) != 0) return context.invalid("the channels do not divide by the squared blocksize");
  const std::int64_t channels = x[1] / (block * block);
  const Integers joined{x[0], channels, x[2] * block, x[3] * block};
  if (mode == "DCR")
    return emit_shuffle(context, {x[0], block, block, channels, x[2], x[3]}, {0, 3, 4, 1, 5, 2}, joined);
  return emit_shuffle(context, {x[0], channels, block, block, x[2], x[3]}, {0, 1, 4, 2, 5, 3}, joined);
}

Result<std::vector<ValueId>> import_space_to_depth(ImportContext& context) {
  const std::int64_t block = TINYC_TRY(block_size(context));
  const Shape x = context.input_type(0).shape;
  if (x[2] % block != 0 || x[3] % block != 0) return context.invalid("height or width does not divide by blocksize");
  const std::int64_t height = x[2] / block, width = x[3] / block;
  return emit_shuffle(context, {x[0], x[1], height, block, width, block}, {0, 3, 5, 1, 2, 4},
                      {x[0], x[1] * block * block, height, width});
}

}  // namespace

const std::vector<OnnxImport>& depth_to_space() {
  static const std::vector<OnnxImport> imports{{"DepthToSpace", import_depth_to_space},
                                               {"SpaceToDepth", import_space_to_depth}};
  return imports;
}

}  // namespace tinyc::ops
