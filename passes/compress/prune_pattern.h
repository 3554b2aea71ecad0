#pragma once
// Which weights of a layer live and die together: each by itself, or blocks of four output channels by two or four
// inputs, which kernels for sparse weights skip (lib/runtime/sparse_tile_s8.h).

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "lib/ir/op_def.h"

namespace tinyc::passes {

enum class PrunePattern : std::uint8_t { unstructured, block4x2, block4x4 };
std::optional<PrunePattern> parse_prune_pattern(std::string_view text);  // by the names above

// A partition of the elements of a weight tensor.
class WeightGroups {
 public:
  void add(std::span<const std::uint32_t> group);
  std::size_t size() const { return ends_.size(); }
  // Element indices, ascending.
  std::span<const std::uint32_t> operator[](std::size_t group) const;

 private:
  std::vector<std::uint32_t> members_;
  std::vector<std::size_t> ends_;
};

// The groups of a node's weights, its operand number `operand`. Blocks are those of conv2d without groups and of
// fully_connected, in the kernels' order of inputs (rows, columns, channels): of every four, inputs 0 and 2, 1 and 3 make two
// blocks, or all four make one. Nothing for other operators, unless unstructured.
std::optional<WeightGroups> weight_groups(const NodeView& node, int operand, PrunePattern pattern);

}  // namespace tinyc::passes
