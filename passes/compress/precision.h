#pragma once
// Which nodes of a model are computed in int8 and which in float.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/ir/op_def.h"

namespace tinyc::passes {

enum class Precision : std::uint8_t {
  integer,   // int8 in, int8 out
  real,      // float: its real operands are dequantized, its real results quantized where int8 nodes read them
  integral,  // no real numbers in or out: indices, truth values
};

struct NodePrecision {
  Precision precision = Precision::integer;
  std::string reason = {};  // why a node is not int8
};

// A name and a pattern in which `*` stands for any text, `?` for any character.
bool matches(std::string_view pattern, std::string_view name);

// By node index, of a float graph. A node without an int8 form, or whose name matches one of the patterns (* any text, ?
// any character), is computed in float; so is a node without multiply-accumulates that stands between float nodes only,
// for which converting would cost more than it saves, or that leaves fewer of a float node's values to convert. TC3020
// for every node that has no float kernel either, all at once, each with its reason; TC4020 for constants of int8 nodes
// that are not finite; TC5042 for a pattern that matches no node.
Result<std::vector<NodePrecision>> plan_precision(const Graph& graph, const std::vector<std::string>& keep_float);

}  // namespace tinyc::passes
