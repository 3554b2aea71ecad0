#pragma once
// The graph as text, for dumps, pass tests and PREFIX.tinyc: print(parse(print(g))) == print(g), bit for bit.
//
//   graph "kws" stage=canonical
//   meta "model_hash" "0123456789abcdef"
//   input %input: f32[1,49,10,1]
//   const %w: i8[64,10,4,1] quant(axis=0, scale=[0.1, ...], zero_point=[0, ...]) = [1, 2, ...]   (short ones)
//   const %w: f32[64,10,4,1] = base64 "..."                                                     (long ones)
//   %y: f32[1,25,5,64] range(0, 6) = conv2d(%input, %w, none) {strides=[2, 2], clamp_low=0.0} @"conv0"
//   output %y
//
// A name that is not [A-Za-z_][A-Za-z0-9_./:]* is quoted: %"a b". @"..." is the node's own name, left out
// when it equals the first result's.

#include <string>
#include <string_view>

#include "lib/ir/op_def.h"

namespace tinyc {

struct PrintOptions {
  bool elide_constants = false;  // long constants as `= ...`, for reading only
};
std::string print(const Graph& graph, const PrintOptions& options = {});

// TC4050 with the line number for text that does not parse; sizes and depth are checked, the text is untrusted.
Result<Graph> parse_graph(std::string_view text, OpTable ops);

}  // namespace tinyc
