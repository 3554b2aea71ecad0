#pragma once
// What keeps a graph from becoming int8 throughout.

#include "lib/ir/op_def.h"

namespace tinyc::passes {

// TC3020 for every node without an int8 form, all at once, each with its reason; TC4020 for constants that are not finite.
Status check_quantizable(const Graph& graph);

}  // namespace tinyc::passes
