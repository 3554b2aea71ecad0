#pragma once
// What add, sub and mul share on integers: broadcasting int8 evaluation, and the choice of a kernel variant.

#include <array>
#include <span>
#include <string>
#include <vector>

#include "lib/ir/op_def.h"

namespace tinyc::ops {

// The per-tensor parameters of an int8 value.
const Quantization& int8_parameters(const Type& type);

// result[i] = f(a[..], b[..]) of stored values, NumPy broadcasting.
template <class F>
void apply_int8(const Shape& shape, const Tensor& a, const Tensor& b, Tensor& result, F f) {
  const auto x = a.data<std::int8_t>(), y = b.data<std::int8_t>();
  const auto z = result.mutable_data<std::int8_t>();
  if (a.shape() == shape && b.shape() == shape) {
    for (std::size_t i = 0; i < z.size(); ++i) z[i] = static_cast<std::int8_t>(f(x[i], y[i]));
    return;
  }
  const std::vector<std::int64_t> strides = shape.strides();
  const auto index_in = [&](const Shape& operand, std::int64_t i) {
    std::int64_t index = 0;
    const std::vector<std::int64_t> own = operand.strides();
    for (int axis = 0; axis < operand.rank(); ++axis) {
      const int outer = axis + shape.rank() - operand.rank();
      const std::int64_t at = i / strides[static_cast<std::size_t>(outer)] % shape[outer];
      if (operand[axis] != 1) index += at * own[static_cast<std::size_t>(axis)];
    }
    return static_cast<std::size_t>(index);
  };
  for (std::size_t i = 0; i < z.size(); ++i)
    z[i] = static_cast<std::int8_t>(f(x[index_in(a.shape(), static_cast<std::int64_t>(i))],
                                      y[index_in(b.shape(), static_cast<std::int64_t>(i))]));
}

// The operands of a kernel call: `first` and `second` are 0 and 1, or swapped so that a constant is second.
struct BinaryCall {
  int first = 0;
  int second = 1;
  KernelCall call;
};

// The call of PREFIX_s8 for equal shapes, PREFIX_broadcast_s8 for other activations, PREFIX_constant_s8 for a
// constant; with the parameters of the loops, before those of the arithmetic that the caller appends.
// TC3012 when the shapes need more than four loops.
Result<BinaryCall> make_binary_call(const NodeView& view, std::string_view prefix);

// The same for an operator with kernels PREFIX_s8, which broadcasts, and PREFIX_constant_s8, with `arithmetic` between
// the loops and the constant. Operands stay in their order: a constant first operand is refused with TC3012.
Result<std::vector<KernelCall>> make_ordered_call(const NodeView& view, std::string_view prefix,
                                                  std::vector<KernelParam> arithmetic);
// Appends what comes after the arithmetic.
std::vector<KernelCall> finish_binary_call(const NodeView& view, BinaryCall binary);

void append(KernelCall& call, std::string name, std::int64_t value);

}  // namespace tinyc::ops
