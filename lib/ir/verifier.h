#pragma once
// Checks a graph against the rules of its stage. A violation is a defect of tinyc (a pass or an importer
// that made a bad graph), reported with the node's name.

#include "lib/ir/op_def.h"

namespace tinyc {

// Every stage: use lists and operands agree, order is topological, names are unique, inferred types equal
// the recorded ones, constants have their type's shape. Canonical and later: no dropout or identity, no
// batch_norm after a convolution with constant weights. Calibrated: every activation has a range.
// Quantized and later: every activation of an integer node is i8 with valid parameters.
Status verify(const Graph& graph);

}  // namespace tinyc
