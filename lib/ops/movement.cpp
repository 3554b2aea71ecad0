#include "lib/ops/movement.h"

#include <cstring>

namespace tinyc::ops {
namespace {

struct Loop {
  std::int64_t size, stride;
};

// The loops from outermost to innermost, without those of one turn, neighbours merged where they are one run.
std::vector<Loop> merged_loops(const Shape& shape, const std::vector<std::int64_t>& strides) {
  std::vector<Loop> loops;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const Loop loop{shape[axis], strides[static_cast<std::size_t>(axis)]};
    if (loop.size == 1) continue;
    if (!loops.empty() && loops.back().stride == loop.stride * loop.size)
      loops.back() = {loops.back().size * loop.size, loop.stride};
    else
      loops.push_back(loop);
  }
  if (loops.empty()) loops.push_back({1, 1});
  return loops;
}

template <class Element>
void copy_run(const std::byte* in, std::int64_t stride, std::int64_t count, std::byte*& out) {
  for (std::int64_t i = 0; i < count; ++i, out += sizeof(Element))
    std::memcpy(out, in + i * stride * static_cast<std::int64_t>(sizeof(Element)), sizeof(Element));
}

void copy_run(const std::byte* in, std::size_t size, std::int64_t stride, std::int64_t count, std::byte*& out) {
  if (stride == 1) {
    const std::size_t bytes = static_cast<std::size_t>(count) * size;
    std::memcpy(out, in, bytes);
    out += bytes;
    return;
  }
  switch (size) {
    case 1: return copy_run<std::uint8_t>(in, stride, count, out);
    case 2: return copy_run<std::uint16_t>(in, stride, count, out);
    case 4: return copy_run<std::uint32_t>(in, stride, count, out);
    default: return copy_run<std::uint64_t>(in, stride, count, out);
  }
}

void copy_loops(const std::byte* in, std::size_t size, const std::vector<Loop>& loops, std::size_t depth,
                std::byte*& out) {
  const Loop loop = loops[depth];
  if (depth + 1 == loops.size()) return copy_run(in, size, loop.stride, loop.size, out);
  for (std::int64_t i = 0; i < loop.size; ++i)
    copy_loops(in + i * loop.stride * static_cast<std::int64_t>(size), size, loops, depth + 1, out);
}

struct MappedCopy {
  const std::vector<std::vector<std::int64_t>>& maps;
  std::vector<std::int64_t> in_strides, out_strides;  // in bytes
  std::size_t size;
};

void copy_mapped_axis(const MappedCopy& copy, std::size_t axis, const std::byte* in, std::byte* out) {
  if (axis == copy.maps.size()) {
    std::memcpy(out, in, copy.size);
    return;
  }
  for (const std::int64_t index : copy.maps[axis]) {
    if (index >= 0) copy_mapped_axis(copy, axis + 1, in + index * copy.in_strides[axis], out);
    out += copy.out_strides[axis];
  }
}

std::vector<std::int64_t> byte_strides(const Tensor& tensor) {
  auto strides = tensor.shape().strides();
  for (auto& stride : strides) stride *= static_cast<std::int64_t>(size_of(tensor.dtype()));
  return strides;
}

}  // namespace

void copy_strided(const Tensor& in, std::int64_t offset, const std::vector<std::int64_t>& strides, Tensor& out) {
  TINYC_CHECK(in.dtype() == out.dtype() && static_cast<int>(strides.size()) == out.shape().rank(),
              "a copy between tensors of one type, a stride per axis");
  if (out.elements() == 0) return;
  const std::size_t size = size_of(in.dtype());
  std::byte* to = out.mutable_bytes().data();
  copy_loops(in.bytes().data() + offset * static_cast<std::int64_t>(size), size, merged_loops(out.shape(), strides), 0, to);
}

void copy_mapped(const Tensor& in, const std::vector<std::vector<std::int64_t>>& maps, Tensor& out) {
  TINYC_CHECK(in.dtype() == out.dtype() && static_cast<int>(maps.size()) == out.shape().rank(),
              "a copy between tensors of one type, a map per axis");
  if (out.elements() == 0) return;
  const MappedCopy copy{maps, byte_strides(in), byte_strides(out), size_of(in.dtype())};
  copy_mapped_axis(copy, 0, in.bytes().data(), out.mutable_bytes().data());
}

void fill(Tensor& tensor, double value) {
  const std::size_t size = size_of(tensor.dtype());
  const Tensor one = Tensor::scalar(value).cast(tensor.dtype());
  const auto bytes = tensor.mutable_bytes();
  for (std::size_t at = 0; at < bytes.size(); at += size) std::memcpy(bytes.data() + at, one.bytes().data(), size);
}

AxisView view_axis(const Shape& shape, int axis) {
  AxisView view{1, shape[axis], 1};
  for (int i = 0; i < axis; ++i) view.outer *= shape[i];
  for (int i = axis + 1; i < shape.rank(); ++i) view.inner *= shape[i];
  return view;
}

Work work_of_copy(const NodeView& node) { return {.element_ops = node.result().shape.elements()}; }

}  // namespace tinyc::ops
