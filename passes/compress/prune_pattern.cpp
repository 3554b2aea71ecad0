#include "passes/compress/prune_pattern.h"

#include <algorithm>

namespace tinyc::passes {
namespace {

bool has_blocks(const NodeView& node) {
  return node.op.name == "fully_connected" ||
         (node.op.name == "conv2d" && node.attributes.integer_or("groups", 1) == 1);
}

// Weights [channels, depth]: four channels by the inputs quad + place.
WeightGroups blocks_of(std::int64_t channels, std::int64_t depth, std::span<const std::vector<int>> places) {
  WeightGroups groups;
  std::vector<std::uint32_t> block;
  for (std::int64_t first = 0; first < channels; first += 4)
    for (std::int64_t quad = 0; quad < depth; quad += 4)
      for (const std::vector<int>& inputs : places) {
        block.clear();
        for (std::int64_t c = first; c < std::min(first + 4, channels); ++c)
          for (const int place : inputs)
            if (quad + place < depth) block.push_back(static_cast<std::uint32_t>(c * depth + quad + place));
        if (!block.empty()) groups.add(block);
      }
  return groups;
}

}  // namespace

std::optional<PrunePattern> parse_prune_pattern(std::string_view text) {
  if (text == "unstructured") return PrunePattern::unstructured;
  if (text == "block4x2") return PrunePattern::block4x2;
  if (text == "block4x4") return PrunePattern::block4x4;
  return std::nullopt;
}

void WeightGroups::add(std::span<const std::uint32_t> group) {
  members_.insert(members_.end(), group.begin(), group.end());
  ends_.push_back(members_.size());
}

std::span<const std::uint32_t> WeightGroups::operator[](std::size_t group) const {
  const std::size_t begin = group == 0 ? 0 : ends_[group - 1];
  return std::span(members_).subspan(begin, ends_[group] - begin);
}

std::optional<WeightGroups> weight_groups(const NodeView& node, int operand, PrunePattern pattern) {
  const Shape& shape = node.operand(operand).shape;
  if (pattern == PrunePattern::unstructured) {
    WeightGroups groups;
    for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(shape.elements()); ++i) groups.add({&i, 1});
    return groups;
  }
  if (!has_blocks(node) || shape.elements() == 0) return std::nullopt;
  const std::vector<std::vector<int>> pairs{{0, 2}, {1, 3}}, quads{{0, 1, 2, 3}};
  return blocks_of(shape[0], shape.elements() / shape[0], pattern == PrunePattern::block4x2 ? pairs : quads);
}

}  // namespace tinyc::passes
