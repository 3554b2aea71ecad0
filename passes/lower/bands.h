#pragma once
// Layers computed a band of rows at a time, by their ordinary kernels with the parameters of a smaller problem. Internal to
// passes/lower.

#include <optional>

#include "lib/plan/compiled_model.h"

namespace tinyc {

// Row o of a result needs the rows [o * stride - pad, o * stride - pad + extent) of every activation.
struct RowWindow {
  std::int64_t extent = 1, stride = 1, pad = 0;
  bool planar = false;          // the operand is [N,C,H,W]
  std::int64_t unit = 1;        // the kernel computes so many rows at a time
  std::optional<int> fill = 0;  // what rows outside the operand may be made of; nothing: they must not exist
};

// Of a layer with one call whose result is [1,H,W,C]; nothing when it is not computed row by row.
std::optional<RowWindow> row_window(const NodeView& node, const CompiledLayer& layer);

// The axis of the rows and the bytes of one row (of a plane, where the rows of a channel lie together).
std::int64_t rows_of(const Type& type, bool planar = false);
std::int64_t row_bytes(const Type& type, bool planar = false);

struct BandSize {
  std::int64_t out_rows, in_rows;
  std::int64_t pad_above, pad_below;  // rows of padding that the kernel adds itself
  bool operator==(const BandSize&) const = default;
};

// The layer's call for a band. Its tables are those of the whole layer, else there is none.
std::optional<KernelCall> band_call(const Graph& graph, const CompiledLayer& layer, const RowWindow& window, const BandSize& size,
                                    const CoreFeatures& features);

// Sets a parameter that the kernel must have: false when it has not.
bool set_parameter(KernelCall& call, std::string_view name, std::int64_t value);

}  // namespace tinyc
