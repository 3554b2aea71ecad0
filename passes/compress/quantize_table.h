#pragma once
// Functions of one quantized operand as tables.

#include "lib/ir/op_def.h"

namespace tinyc::passes {

// table[stored + 128] for every stored value of the operand, an i8[256]: what the node's float evaluation makes of it,
// stored with the result's parameters. Where the function has no value, the stored zero.
Result<Tensor> function_table(const Graph& graph, NodeId node, OpTable ops, const Quantization& operand,
                              const Quantization& result);

}  // namespace tinyc::passes
