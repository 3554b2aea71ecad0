// trilu: the upper (upper = 1) or lower triangle of the matrices of the last two axes of x, seen from diagonal `k`; the
// other elements are 0. ONNX Trilu.

#include <algorithm>
#include <cstring>

#include "lib/ops/binary_int8.h"
#include "lib/ops/checks.h"
#include "lib/ops/elementwise.h"
#include "lib/ops/float_call.h"
#include "lib/ops/import_util.h"
#include "lib/ops/movement.h"
#include "lib/ops/typed_call.h"

namespace tinyc::ops {
namespace {

Result<std::vector<Type>> infer(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, 1, 1));
  TINYC_TRY(require_integer(node, "upper"));
  TINYC_TRY(require_integer(node, "k"));
  const Type& x = node.operand(0);
  if (x.shape.rank() < 2) return node.error("TC4010", "trilu takes matrices");
  return std::vector{Type{x.dtype, x.shape}};
}

Status eval(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const Shape& shape = in[0]->shape();
  const std::int64_t rows = shape[shape.rank() - 2], columns = shape[shape.rank() - 1];
  const bool upper = node.attributes.integer("upper") != 0;
  const std::int64_t k = std::clamp(node.attributes.integer("k"), -rows, columns);
  const std::size_t element = size_of(in[0]->dtype());
  const std::byte* from = in[0]->bytes().data();
  std::byte* to = out[0].mutable_bytes().data();
  const std::size_t row_bytes = static_cast<std::size_t>(columns) * element;
  const std::int64_t all_rows = columns > 0 ? shape.elements() / columns : 0;
  for (std::int64_t row = 0; row < all_rows; ++row, from += row_bytes, to += row_bytes) {
    const std::int64_t diagonal = row % rows + k;
    const auto split = static_cast<std::size_t>(std::clamp<std::int64_t>(upper ? diagonal : diagonal + 1, 0, columns)) * element;
    if (upper) std::memcpy(to + split, from + split, row_bytes - split);
    else std::memcpy(to, from, split);
  }
  return {};
}

Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  const Shape& shape = node.operand(0).shape;
  const std::int64_t rows = shape[shape.rank() - 2], columns = shape[shape.rank() - 1];
  KernelCall call = float_call(node, "tinyc_trilu_bytes");
  append(call, "matrices", shape.elements() == 0 ? 0 : shape.elements() / (rows * columns));
  append(call, "rows", rows);
  append(call, "columns", columns);
  append_bytes(call, node.result());
  append(call, "upper", node.attributes.integer("upper") != 0);
  append(call, "k", std::clamp(node.attributes.integer("k"), -rows, columns));
  return std::vector{std::move(call)};
}

Result<std::vector<ValueId>> import_trilu(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 1, 2));
  std::int64_t k = 0;
  if (context.has_input(1)) {
    const auto named = TINYC_TRY(constant_integers(context, 1, "diagonal k"));
    if (named.size() != 1) return context.invalid("k is not one integer");
    k = named.front();
  }
  const std::int64_t upper = TINYC_TRY(integer_attribute(context, "upper", 1));
  return context.emit_all("trilu", {context.input(0)}, {{"k", k}, {"upper", upper}});
}

}  // namespace

const OpDef& trilu() {
  static const OpDef op{.name = "trilu",
                        .summary = "the `upper` or lower triangle of the matrices in x, from diagonal `k`; else 0",
                        .onnx = {{"Trilu", import_trilu}},
                        .infer = infer,
                        .eval_float = eval,
                        .eval_int8 = no_integer_kernel,
                        .work = work_of_copy,
                        .quantization = no_integer_kernel,
                        .lower = no_integer_kernel,
                        .lower_float = lower_float};
  return op;
}

}  // namespace tinyc::ops
