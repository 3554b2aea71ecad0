// reverse_sequence: of each batch b, the first lengths[b] elements along `time_axis` reversed; `batch_axis` and
// `time_axis` are 0 and 1 in either order. ONNX ReverseSequence.

#include <algorithm>

#include "lib/ops/binary_int8.h"
#include "lib/ops/checks.h"
#include "lib/ops/elementwise.h"
#include "lib/ops/float_call.h"
#include "lib/ops/import_util.h"
#include "lib/ops/movement.h"
#include "lib/ops/typed_call.h"

namespace tinyc::ops {
namespace {

using Integers = std::vector<std::int64_t>;

Status check_lengths(const NodeView& node, const Tensor& lengths, std::int64_t steps, const char* id) {
  const Integers values = lengths.to_integers();
  for (const std::int64_t length : values)
    if (length < 0 || length > steps)
      return node.error(id, "a sequence of " + std::to_string(length) + " steps, where there are " + std::to_string(steps));
  return {};
}

Result<std::vector<Type>> infer(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, 2, 2));
  const Type &x = node.operand(0), &lengths = node.operand(1);
  const std::int64_t time = TINYC_TRY(require_integer(node, "time_axis"));
  const std::int64_t batch = TINYC_TRY(require_integer(node, "batch_axis"));
  if (x.shape.rank() < 2 || time < 0 || time > 1 || batch != 1 - time)
    return node.error("TC4010", "batch_axis and time_axis of reverse_sequence are not 0 and 1");
  if (is_float(lengths.dtype) || lengths.shape != Shape{x.shape[static_cast<int>(batch)]})
    return node.error("TC4010", "reverse_sequence needs a length for each batch");
  if (const Tensor* constant = node.constant(1))
    TINYC_TRY(check_lengths(node, *constant, x.shape[static_cast<int>(time)], "TC4010"));
  return std::vector{Type{x.dtype, x.shape}};
}

Status eval(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const Shape& shape = in[0]->shape();
  const bool time_first = node.attributes.integer("time_axis") == 0;
  const std::int64_t steps = shape[time_first ? 0 : 1], batches = shape[time_first ? 1 : 0];
  TINYC_TRY(check_lengths(node, *in[1], steps, "TC6012"));
  const Integers lengths = in[1]->to_integers();
  const Integers strides = shape.strides();
  const std::size_t bytes = static_cast<std::size_t>(strides[1]) * size_of(in[0]->dtype());
  const std::byte* from = in[0]->bytes().data();
  std::byte* to = out[0].mutable_bytes().data();
  for (std::int64_t b = 0; b < batches; ++b) {
    const std::int64_t length = lengths[static_cast<std::size_t>(b)];
    for (std::int64_t t = 0; t < steps; ++t) {
      const std::int64_t source = t < length ? length - 1 - t : t;
      const auto place = [&](std::int64_t time) {
        return static_cast<std::size_t>(time_first ? time * batches + b : b * steps + time) * bytes;
      };
      std::copy_n(from + place(source), bytes, to + place(t));
    }
  }
  return {};
}

Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  TINYC_TRY(check_typed(node));
  const Shape& shape = node.operand(0).shape;
  const auto time = static_cast<int>(node.attributes.integer("time_axis")), batch = 1 - time;
  const std::int64_t run = shape.strides()[1] * static_cast<std::int64_t>(size_of(node.result().dtype));
  KernelCall call = float_call(node, "tinyc_reverse_sequence_bytes");
  append_type(call, "length_type", node.operand(1));
  append(call, "batches", shape[batch]);
  append(call, "steps", shape[time]);
  append(call, "run_bytes", run);
  append(call, "batch_step", batch == 0 ? run * shape[1] : run);
  append(call, "time_step", time == 0 ? run * shape[1] : run);
  return std::vector{std::move(call)};
}

Result<std::vector<ValueId>> import_reverse_sequence(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 2, 2));
  const std::int64_t batch_axis = TINYC_TRY(integer_attribute(context, "batch_axis", 1));
  const std::int64_t time_axis = TINYC_TRY(integer_attribute(context, "time_axis", 0));
  return context.emit_all("reverse_sequence", {context.input(0), context.input(1)},
                          {{"batch_axis", batch_axis}, {"time_axis", time_axis}});
}

}  // namespace

const OpDef& reverse_sequence() {
  static const OpDef op{.name = "reverse_sequence",
                        .summary = "x with the first `lengths` steps of each batch reversed along `time_axis`",
                        .onnx = {{"ReverseSequence", import_reverse_sequence}},
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
