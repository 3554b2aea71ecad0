#pragma once
// A quantized node with random operands, what the operator's int8 evaluation makes of them, and the kernel call it
// lowers to: for comparing kernels with the interpreter.

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "lib/ir/op_def.h"
#include "lib/support/rng.h"

namespace tinyc {

struct KernelCase {
  std::string description;
  KernelCall call;
  std::vector<Tensor> inputs;  // of the call
  Tensor expected;
};

// `round` walks through the extremes; everything else is drawn from `rng`.
KernelCase random_conv2d(Rng& rng, int round);
KernelCase random_depthwise(Rng& rng, int round);
KernelCase random_pointwise(Rng& rng, int round);
KernelCase random_fully_connected(Rng& rng, int round);
KernelCase random_matmul(Rng& rng, int round);

// The parameter struct of a call as a C compiler lays it out: scalars are int32_t, tables are pointers.
std::vector<std::byte> pack_params(const KernelCall& call);

// A kernel, called with its parameter struct, its inputs and its output.
using KernelFunction = void (*)(const void* params, const std::vector<const std::int8_t*>& inputs, std::int8_t* output);

// Runs many random cases of every dense kernel and requires the interpreter's bytes, and nothing written beyond them.
void check_dense_kernels(const std::map<std::string, KernelFunction>& kernels);

}  // namespace tinyc

// One entry of the map, for kernels with one input.
#define TINYC_KERNEL_ENTRY(scope, name)                                                                        \
  {#name, [](const void* params, const std::vector<const std::int8_t*>& inputs, std::int8_t* output) {         \
     scope::name(static_cast<const scope::name##_params*>(params), inputs[0], output);                         \
   }}
#define TINYC_KERNEL_ENTRY_2(scope, name)                                                                      \
  {#name, [](const void* params, const std::vector<const std::int8_t*>& inputs, std::int8_t* output) {         \
     scope::name(static_cast<const scope::name##_params*>(params), inputs[0], inputs[1], output);              \
   }}
