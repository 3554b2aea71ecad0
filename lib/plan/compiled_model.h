#pragma once
// The end of the pipeline: everything formats/c needs to write the sources, as data.

#include <string>
#include <vector>

#include "lib/ir/op_def.h"
#include "lib/plan/arena.h"
#include "lib/plan/stream.h"

namespace tinyc {

struct CompiledLayer {
  NodeId node;
  std::string name;               // the node's own name, as in the report
  std::vector<KernelCall> calls;  // none for views
};

// Where an activation lives: exactly one of the four is set, or none of them when it only passes through a stream. Views
// and in-place results share the place of their operand.
struct Placement {
  ValueId value;
  int buffer = -1;  // in the arena: indexes buffers
  std::int64_t at = 0;  // bytes from the buffer's beginning: results may overlap their operands
  int input = -1;   // the caller's buffer of this graph input, never written (external_input)
  int output = -1;  // the caller's buffer of this graph output
  ValueId constant = {};  // a view of this constant
  bool operator==(const Placement&) const = default;
};

// An output that no kernel writes in place: a graph input, a constant, a second name of the same bytes.
struct OutputCopy {
  ValueId source;
  int output = 0;
  int before_layer = 0;  // layers.size(): after the last
};

// What the nodes of a graph that compute anything are: on integers, in single precision, or some of both.
enum class Arithmetic : std::uint8_t { int8, float32, mixed };
std::string_view to_string(Arithmetic arithmetic);  // "int8", "float", "mixed"
Arithmetic arithmetic_of(const Graph& graph);

// How far a float output of emitted C may be from the interpreter's, as a share of the output's largest magnitude: sums
// in another order, and another libm. docs/generated_code.md gives the reason for the figure.
inline constexpr float float_tolerance = 1e-4f;

// By value index: what depends on arithmetic in float, whose rounding belongs to the compiler and the core. An int8 value
// among them may be a step away from the interpreter's.
std::vector<bool> inexact_values(const Graph& graph);

// Whether a node reads or writes quantized activations: then OpDef::lower and eval_int8 are its answers.
bool runs_on_integers(const NodeView& node);

struct CompiledModel {
  Graph graph;  // stage planned: the quantized graph
  CoreFeatures features;
  std::string target;
  bool external_input = false;          // the inputs' buffers are the caller's alone
  bool push_rows = false;               // the only input comes row by row: it feeds the first stream, which begins with the model
  std::vector<CompiledLayer> layers;    // in order of execution; buffer times are indices into it
  std::vector<Stream> streams;          // disjoint, in order of execution; all their buffers live as long as they run
  std::vector<Buffer> buffers;
  ArenaPlan arena;
  std::vector<Placement> placements;    // of every activation, ascending
  std::vector<OutputCopy> copies;       // in order of before_layer
  std::vector<int> scratch_buffer;      // of each layer, -1: none
  int row_count_buffer = -1;            // with push_rows: counts the rows that came, 32 bits

  // The kernel calls of a layer in one inference, and how often each is made: more than once in a stream.
  struct RepeatedCall {
    const KernelCall* call;
    std::int64_t times;
  };
  std::vector<RepeatedCall> executed_calls(std::size_t layer) const;
  const Stream* stream_of(std::size_t layer) const;  // nullptr: the layer runs by itself
  const Placement& placement_of(ValueId value) const;
  std::int64_t offset_of(ValueId value) const;  // in the arena; -1 when it lives outside
  std::int64_t scratch_offset(std::size_t layer) const;  // -1: none
  bool is_constant(ValueId value) const { return graph.value(value).is_constant(); }
};

}  // namespace tinyc
