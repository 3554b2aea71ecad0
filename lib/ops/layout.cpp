#include "lib/ops/layout.h"

namespace tinyc::ops {
namespace {

using Integers = std::vector<std::int64_t>;

Result<ValueId> emit_reshape(ImportContext& context, ValueId x, Integers shape, std::string_view suffix) {
  return context.emit("reshape", {x}, {{"shape", std::move(shape)}}, suffix);
}

}  // namespace

Result<ValueId> to_channels_last(ImportContext& context, ValueId x, std::string_view suffix) {
  const int rank = context.value(x).type().shape.rank();
  TINYC_CHECK(rank == 3 || rank == 4, "a channels-first value of rank 3 or 4");
  if (rank == 4) return context.emit("transpose", {x}, {{"perm", Integers{0, 2, 3, 1}}}, suffix);
  const ValueId moved = TINYC_TRY(context.emit("transpose", {x}, {{"perm", Integers{0, 2, 1}}}, suffix));
  const Shape shape = context.value(moved).type().shape;
  return emit_reshape(context, moved, {shape[0], 1, shape[1], shape[2]}, std::string(suffix) + "_2d");
}

Result<ValueId> to_channels_first(ImportContext& context, ValueId x, int rank, std::string_view suffix) {
  if (rank == 4) return context.emit("transpose", {x}, {{"perm", Integers{0, 3, 1, 2}}}, suffix);
  const Shape shape = context.value(x).type().shape;
  TINYC_CHECK(rank == 3 && shape.rank() == 4 && shape[1] == 1, "one spatial axis is the width of a height of 1");
  const ValueId flat = TINYC_TRY(emit_reshape(context, x, {shape[0], shape[2], shape[3]}, "1d"));
  return context.emit("transpose", {flat}, {{"perm", Integers{0, 2, 1}}}, suffix);
}

Result<ValueId> emit_channels_last(ImportContext& context, ValueId x,
                                   const std::function<Result<ValueId>(ValueId)>& emit) {
  const int rank = context.value(x).type().shape.rank();
  const ValueId nhwc = TINYC_TRY(to_channels_last(context, x));
  return to_channels_first(context, TINYC_TRY(emit(nhwc)), rank, "nchw");
}

}  // namespace tinyc::ops
