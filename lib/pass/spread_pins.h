#pragma once
// Pinned parameters (Value::pinned) along nodes that need none of their own.

#include "lib/ir/op_def.h"

namespace tinyc {

// What keeps its operand's parameters shares a pin with it, in both directions; averages stay within their operand's
// range and take its pin; what joins operands of one pin takes it. Pins that are there stay. Whether any pin was added.
bool spread_pins(Graph& graph);

}  // namespace tinyc
