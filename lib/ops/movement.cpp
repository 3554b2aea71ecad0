#include "lib/ops/movement.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "lib/ops/binary_int8.h"

namespace tinyc::ops {
namespace {

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

void run_loops(const std::byte* in, std::size_t size, const std::vector<CopyLoop>& loops, std::size_t depth,
               std::byte*& out) {
  const CopyLoop& loop = loops[depth];
  const std::int64_t stride = loop.strides.front();
  if (depth + 1 == loops.size()) return copy_run(in, size, stride, loop.size, out);
  for (std::int64_t i = 0; i < loop.size; ++i)
    run_loops(in + i * stride * static_cast<std::int64_t>(size), size, loops, depth + 1, out);
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

std::vector<CopyLoop> copy_loops(const Shape& shape, const std::vector<std::vector<std::int64_t>>& strides) {
  std::vector<CopyLoop> loops;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    CopyLoop loop{shape[axis], {}};
    for (const auto& list : strides) loop.strides.push_back(list[static_cast<std::size_t>(axis)]);
    if (loop.size == 1) continue;
    bool one_run = !loops.empty();
    for (std::size_t i = 0; one_run && i < strides.size(); ++i)
      one_run = loops.back().strides[i] == loop.strides[i] * loop.size;
    if (one_run) loop.size *= loops.back().size, loops.pop_back();
    loops.push_back(std::move(loop));
  }
  if (loops.empty()) loops.push_back({1, std::vector<std::int64_t>(strides.size(), 1)});
  return loops;
}

void copy_strided(const Tensor& in, std::int64_t offset, const std::vector<std::int64_t>& strides, Tensor& out) {
  TINYC_CHECK(in.dtype() == out.dtype() && static_cast<int>(strides.size()) == out.shape().rank(),
              "a copy between tensors of one type, a stride per axis");
  if (out.elements() == 0) return;
  const std::size_t size = size_of(in.dtype());
  std::byte* to = out.mutable_bytes().data();
  run_loops(in.bytes().data() + offset * static_cast<std::int64_t>(size), size, copy_loops(out.shape(), {strides}), 0, to);
}

void copy_mapped(const Tensor& in, const std::vector<std::vector<std::int64_t>>& maps, Tensor& out) {
  TINYC_CHECK(in.dtype() == out.dtype() && static_cast<int>(maps.size()) == out.shape().rank(),
              "a copy between tensors of one type, a map per axis");
  if (out.elements() == 0) return;
  const MappedCopy copy{maps, byte_strides(in), byte_strides(out), size_of(in.dtype())};
  copy_mapped_axis(copy, 0, in.bytes().data(), out.mutable_bytes().data());
}

namespace {

struct MappedSum {
  const std::vector<std::vector<std::int64_t>>& maps;
  std::vector<std::int64_t> in_strides;
};

// Adds what `from` holds of the axes from `axis` on; moves it on.
void add_mapped_axis(const MappedSum& sum, std::size_t axis, const float*& from, float* to) {
  if (axis == sum.maps.size()) {
    *to += *from++;
    return;
  }
  const std::int64_t stride = sum.in_strides[axis];
  if (axis + 1 == sum.maps.size()) {
    for (const std::int64_t index : sum.maps[axis]) {
      if (index >= 0) to[index * stride] += *from;
      ++from;
    }
    return;
  }
  std::int64_t inner = 1;
  for (std::size_t i = axis + 1; i < sum.maps.size(); ++i) inner *= static_cast<std::int64_t>(sum.maps[i].size());
  for (const std::int64_t index : sum.maps[axis]) {
    if (index >= 0) add_mapped_axis(sum, axis + 1, from, to + index * stride);
    else from += inner;
  }
}

}  // namespace

void add_mapped(const Tensor& out, const std::vector<std::vector<std::int64_t>>& maps, Tensor& in) {
  if (out.elements() == 0) return;
  const float* from = out.data<float>().data();
  add_mapped_axis({maps, in.shape().strides()}, 0, from, in.mutable_data<float>().data());
}

namespace {

// One axis of a mapped copy, neighbours that map one to one taken together.
struct MappedAxis {
  std::vector<std::int64_t> map;
  std::int64_t in_step;  // elements of the operand from one index to the next
  bool one_to_one;
};

bool is_one_to_one(const std::vector<std::int64_t>& map, std::int64_t size) {
  for (std::size_t i = 0; i < map.size(); ++i)
    if (map[i] != static_cast<std::int64_t>(i)) return false;
  return static_cast<std::int64_t>(map.size()) == size;
}

std::vector<MappedAxis> mapped_axes(const Shape& in, const std::vector<std::vector<std::int64_t>>& maps) {
  const auto strides = in.strides();
  std::vector<MappedAxis> axes;
  for (std::size_t axis = 0; axis < maps.size(); ++axis) {
    const std::int64_t size = in[static_cast<int>(axis)];
    MappedAxis next{maps[axis], strides[axis], is_one_to_one(maps[axis], size)};
    if (size == 1 && next.one_to_one) continue;
    if (!axes.empty() && axes.back().one_to_one && next.one_to_one) {
      next.map.resize(axes.back().map.size() * next.map.size());
      std::iota(next.map.begin(), next.map.end(), 0);
      axes.pop_back();
    }
    axes.push_back(std::move(next));
  }
  return axes;
}

// Takes two neighbouring axes together, those whose common map is shortest.
void merge_two(std::vector<MappedAxis>& axes) {
  std::size_t best = 0;
  const auto length = [&](std::size_t i) { return axes[i].map.size() * axes[i + 1].map.size(); };
  for (std::size_t i = 1; i + 1 < axes.size(); ++i)
    if (length(i) < length(best)) best = i;
  const MappedAxis outer = std::move(axes[best]);
  MappedAxis& merged = axes[best + 1];
  std::vector<std::int64_t> map;
  for (const std::int64_t i : outer.map)
    for (const std::int64_t k : merged.map) map.push_back(i * (outer.in_step / merged.in_step) + k);
  merged.map = std::move(map);
  merged.one_to_one = false;
  axes.erase(axes.begin() + static_cast<std::ptrdiff_t>(best));
}

bool is_consecutive(const std::vector<std::int64_t>& map) {
  for (std::size_t i = 0; i + 1 < map.size(); ++i)
    if (map[i + 1] != map[i] + 1) return false;
  return true;
}

// Runs of `run` bytes picked along one axis of x, seen as [outer, ..., run].
KernelCall pick_call(const NodeView& node, std::int64_t outer, std::int64_t in_step, const std::vector<std::int64_t>& map,
                     std::int64_t run) {
  const auto count = static_cast<std::int64_t>(map.size());
  KernelCall call{.inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  if (is_consecutive(map)) {
    call.kernel = "tinyc_copy_rows_bytes";
    call.params = {{"rows", outer},         {"row_bytes", count * run}, {"in_offset", map.front() * run},
                   {"in_step", in_step}, {"out_offset", std::int64_t{0}}, {"out_step", count * run}};
  } else {
    call.kernel = "tinyc_pick_bytes";
    call.params = {{"outer", outer}, {"in_step", in_step}, {"count", count}, {"run_bytes", run},
                   {"index", Table{Tensor::of(Shape{count}, map).cast(DType::u16)}}};
  }
  return call;
}

}  // namespace

Result<std::vector<KernelCall>> lower_mapped_copy(const NodeView& node, const Shape& in,
                                                  const std::vector<std::vector<std::int64_t>>& maps) {
  constexpr std::size_t most_axes = 3;
  std::vector<MappedAxis> axes = mapped_axes(in, maps);
  const auto element = static_cast<std::int64_t>(size_of(node.result().dtype));
  std::int64_t run = 1;
  if (!axes.empty() && axes.back().one_to_one) {
    run = static_cast<std::int64_t>(axes.back().map.size());
    axes.pop_back();
  }
  if (axes.size() == 1 || (axes.size() == 2 && axes[0].one_to_one)) {
    const std::vector<std::int64_t>& map = axes.back().map;
    const auto outer = axes.size() == 2 ? static_cast<std::int64_t>(axes[0].map.size()) : 1;
    if (!map.empty() && *std::max_element(map.begin(), map.end()) <= 0xffff)
      return std::vector{pick_call(node, outer, axes.size() == 2 ? axes[0].in_step * element : 0, map, run * element)};
  }
  while (axes.size() > most_axes) merge_two(axes);
  axes.insert(axes.begin(), most_axes - axes.size(), MappedAxis{{0}, 0, false});
  KernelCall call{.kernel = "tinyc_gather_bytes", .inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  for (std::size_t i = 0; i < most_axes; ++i)
    append(call, "size" + std::to_string(i), static_cast<std::int64_t>(axes[i].map.size()));
  append(call, "run_bytes", run * element);
  for (std::size_t i = 0; i < most_axes; ++i) append(call, "in_step" + std::to_string(i), axes[i].in_step * element);
  for (std::size_t i = 0; i < most_axes; ++i) {
    const auto& map = axes[i].map;
    if (!map.empty() && *std::max_element(map.begin(), map.end()) > 0xffff)
      return node.error("TC3015", std::string(node.op.name) + " along an axis longer than 65536");
    const Shape size{static_cast<std::int64_t>(map.size())};
    call.params.push_back({"index" + std::to_string(i), Table{Tensor::of(size, map).cast(DType::u16)}});
  }
  return std::vector{std::move(call)};
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

void check_same_parameters(const NodeView& node) {
  for (const Value* operand : node.operands)
    TINYC_CHECK(operand->type().quantization == node.result().quantization,
                std::string(node.op.name) + " moves integers between different parameters");
}

OpDef mapped_op(std::string_view name, std::string_view summary, std::vector<OnnxImport> onnx, InferFn infer, EvalFn eval,
                LowerFn lower, GradientFn gradient) {
  return {.name = name,
          .summary = summary,
          .onnx = std::move(onnx),
          .infer = infer,
          .eval_float = eval,
          .eval_int8 = eval,
          .work = work_of_copy,
          .quantization = as_operand_rule,
          .lower = lower,
          .gradient = gradient,
          .lower_float = lower};
}

Work work_of_copy(const NodeView& node) { return {.element_ops = node.result().shape.elements()}; }

}  // namespace tinyc::ops
