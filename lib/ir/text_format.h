#pragma once
// The graph as text, for dumps, pass tests and PREFIX.tinyc: print(parse(print(g))) == print(g), bit for bit.
//
//   graph "kws" stage=canonical
//   meta "model_hash" "0123456789abcdef"
//   input %input: f32[1,49,10,1]
//   const %w: i8[2,2] quant(axis=0, scale=[0.1, 0.2], zero_point=[0, 0]) = [1, 2, 3, -4]     (up to 16 elements)
//   const %v: f32[64,10,4,1] = base64 "..."                                  (little-endian, also when one is NaN)
//   %y: f32[1,25,5,64] range(0, 6) pinned(0.1:-128) = conv2d(%input, %w, none) {strides=[2, 2], clamp_low=0.0} @"conv0"
//   %a: f32[2], %b: f32[2] = split(%y)
//   output %y
//
// A name that is not [A-Za-z_][A-Za-z0-9_./]* is quoted: %"a:0". Names are unique. @"..." is the node's own name,
// left out when it equals the first result's. Attributes: 1, 1.0, "text", [1, 2], [1.0, 2.0], ["a"], empty lists
// ints[], reals[], texts[], tensors f32[2]=[1, 2]. Where a result's type is missing it is inferred. # begins a comment.

#include <string>
#include <string_view>

#include "lib/ir/op_def.h"

namespace tinyc {

struct PrintOptions {
  bool elide_constants = false;  // long constants as `= ...`, for reading only
};
std::string print(const Graph& graph, const PrintOptions& options = {});

// The text is untrusted: sizes are checked, types are inferred again and the graph is verified. TC4050 with the
// line number for text that does not parse or a graph that is not valid.
Result<Graph> parse_graph(std::string_view text, OpTable ops);

}  // namespace tinyc
