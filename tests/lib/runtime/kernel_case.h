#pragma once
// A quantized node with random operands, what the operator's int8 evaluation makes of them, and the kernel call it
// lowers to: for comparing kernels with the interpreter.

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lib/ir/op_def.h"
#include "lib/support/rng.h"

namespace tinyc {

struct KernelCase {
  std::string description;
  std::vector<KernelCall> calls;            // each writes to the one result
  std::vector<std::vector<Tensor>> inputs;  // of each call
  Tensor expected;
};

// `round` walks through the extremes; everything else is drawn from `rng`.
KernelCase random_conv2d(Rng& rng, int round);
KernelCase random_depthwise(Rng& rng, int round);
KernelCase random_depthwise_3x3(Rng& rng, int round);  // stride 1 or 2
KernelCase random_planar(Rng& rng, int round);
KernelCase random_pointwise(Rng& rng, int round);
KernelCase random_fully_connected(Rng& rng, int round);
KernelCase random_matmul(Rng& rng, int round);

// The evaluation and the calls of a node whose result was given its quantized type; `operands` are the values of
// all its operands, constant ones too.
KernelCase make_kernel_case(const Graph& graph, NodeId node, const std::vector<Tensor>& operands,
                            const CoreFeatures& features = {});

// The same extremes for every kind of case.
Tensor random_i8(Rng& rng, const Shape& shape, int low, int round);
std::int32_t random_zero_point(Rng& rng, int round);
void random_clamp(Rng& rng, Attributes& attributes);

// The parameter struct of a call as a C compiler lays it out: scalars are int32_t or float, tables are pointers.
std::vector<std::byte> pack_params(const KernelCall& call);

// A kernel, called with its parameter struct, its inputs, its output and its scratch memory.
using KernelFunction = void (*)(const void* params, const std::vector<const std::int8_t*>& inputs, std::int8_t* output,
                                void* scratch);

// Runs random cases, as many of each maker as it says, and requires the interpreter's bytes, nothing written beyond
// them, and every kernel called. A call that is alone once more with the result where an operand is, when it allows that;
// `in_place`: where any operand of its size is.
using CaseMaker = KernelCase (*)(Rng&, int round);
void check_kernels(const std::map<std::string, KernelFunction>& kernels,
                   const std::vector<std::pair<CaseMaker, int>>& makers, bool in_place = false);
void check_dense_kernels(const std::map<std::string, KernelFunction>& kernels);
void check_elementwise_kernels(const std::map<std::string, KernelFunction>& kernels);
void check_movement_kernels(const std::map<std::string, KernelFunction>& kernels);

}  // namespace tinyc

// One entry of the map, for kernels with one input, one input and scratch memory, two inputs, none, one input and indices.
#define TINYC_KERNEL_CALL(scope, name, ...)                                                                              \
  {#name, []([[maybe_unused]] const void* params, [[maybe_unused]] const std::vector<const std::int8_t*>& inputs,        \
             [[maybe_unused]] std::int8_t* output, [[maybe_unused]] void* scratch) {                                     \
     scope::name(static_cast<const scope::name##_params*>(params), __VA_ARGS__);                                         \
   }}
#define TINYC_KERNEL_ENTRY(scope, name) TINYC_KERNEL_CALL(scope, name, inputs[0], output)
#define TINYC_KERNEL_ENTRY_SCRATCH(scope, name) TINYC_KERNEL_CALL(scope, name, inputs[0], output, scratch)
#define TINYC_KERNEL_ENTRY_2(scope, name) TINYC_KERNEL_CALL(scope, name, inputs[0], inputs[1], output)
#define TINYC_KERNEL_ENTRY_INDEX(scope, name) \
  TINYC_KERNEL_CALL(scope, name, inputs[0], reinterpret_cast<std::int64_t*>(output))
#define TINYC_KERNEL_ENTRY_0(scope, name) TINYC_KERNEL_CALL(scope, name, output)
