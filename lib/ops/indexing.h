#pragma once
// What gather_nd, gather_elements, scatter_nd and scatter_elements share: places in a tensor that indices name.

#include "lib/ops/elementwise.h"

namespace tinyc::ops {

// Where a run of elements is found or put. Indices may be negative; TC6012 when one is out of range.

// x[indices[..., :]]: the last axis of `indices` holds coordinates along x's axes from `first_axis` on. One place per
// coordinate tuple, in elements of x; the batches are the axes before first_axis, which both tensors have.
Result<std::vector<std::int64_t>> tuple_places(const NodeView& node, const Shape& x, const Tensor& indices, int first_axis);

// For each element of `indices`, the element of x with its coordinates, but for `axis`, where it is the index.
Result<std::vector<std::int64_t>> element_places(const NodeView& node, const Shape& x, const Tensor& indices, int axis);

// What scatter does where it writes.
enum class Reduction { none, add, mul, max, min };
Result<Reduction> require_reduction(const NodeView& node);
Result<std::string> import_reduction_mode(const ImportContext& context);

// out, a copy of x already, with runs of `run` elements of `updates` written or reduced into `places`, in order.
void scatter(Reduction reduction, const std::vector<std::int64_t>& places, std::int64_t run, const Tensor& updates, Tensor& out);

// Parameters of the kernels, the last ones. Of tuples: sizes and strides of the axes of x that are indexed.
void append_indexed_axes(KernelCall& call, const Shape& x, int first_axis, std::int64_t depth);
// Of elements: index_type, count, rank, axis, axis_size.
void append_element_indices(KernelCall& call, const NodeView& node);
// And after what the kernel has of its own: counts and strides.
void append_element_axes(KernelCall& call, const NodeView& node);

inline constexpr const char* runtime_indices = "it has no integer kernel: indices are data";

}  // namespace tinyc::ops
