#pragma once
// The end of the pipeline: everything formats/c needs to write the sources, as data.

#include <string>
#include <vector>

#include "lib/ir/kernel_call.h"
#include "lib/plan/arena.h"

namespace tinyc {

struct CompiledLayer {
  NodeId node;
  std::string name;               // the node's own name, as in the report
  std::vector<KernelCall> calls;  // none for views
};

// Where an activation lives: `buffer` indexes the plan; views and in-place results share one.
struct Placement {
  ValueId value;
  int buffer = -1;
};

struct CompiledModel {
  Graph graph;  // stage planned: the quantized graph
  CoreFeatures features;
  std::string target;
  bool external_input = false;          // the inputs' buffers are the caller's alone
  std::vector<CompiledLayer> layers;    // in order of execution; buffer times are indices into it
  std::vector<Buffer> buffers;
  ArenaPlan arena;
  std::vector<Placement> placements;    // of every activation
  std::vector<int> scratch_buffer;      // of each layer, -1: none

  std::int64_t offset_of(ValueId value) const;  // in the arena; -1 when it lives outside
};

}  // namespace tinyc
