#include "lib/cost/memory.h"

#include <set>

namespace tinyc {
namespace {

// Code of emitted models, compiled with -O3 for the M0+, M3, M4, M33 and M55: a function around the calls, each with its
// constants, and one body per kernel (1 to 4 KB for convolutions, less for the rest).
constexpr Range code_bytes{400, 900, 2000}, call_bytes{40, 80, 160}, kernel_bytes{300, 1100, 2600};
// A rule of thumb, not a fit.
constexpr Range stack_bytes{250, 450, 900};

}  // namespace

std::vector<Bytes> table_bytes(const CompiledModel& compiled) {
  std::vector<Bytes> layers;
  std::set<ValueId> constants;
  for (const CompiledLayer& layer : compiled.layers) {
    Bytes bytes{0};
    for (const KernelCall& call : layer.calls) {
      for (const KernelParam& param : call.params)
        if (const auto* table = std::get_if<Table>(&param.value)) bytes += Bytes(static_cast<std::int64_t>(table->data.bytes().size()));
      for (const ValueId input : call.inputs)
        if (input.valid() && compiled.is_constant(input) && constants.insert(input).second)
          bytes += Bytes(compiled.graph.value(input).type().bytes());
    }
    layers.push_back(bytes);
  }
  return layers;
}

MemoryEstimate memory_of(const CompiledModel& compiled) {
  MemoryEstimate memory;
  std::set<std::string> kernels;
  double calls = 0;
  for (const CompiledLayer& layer : compiled.layers)
    for (const KernelCall& call : layer.calls) {
      kernels.insert(call.kernel);
      ++calls;
    }
  memory.flash_bytes = code_bytes + call_bytes * calls + kernel_bytes * static_cast<double>(kernels.size());
  for (const Bytes bytes : table_bytes(compiled)) memory.flash_bytes += Range::exactly(static_cast<double>(bytes.count));
  memory.ram_bytes = stack_bytes + Range::exactly(static_cast<double>(compiled.arena.peak.count));
  return memory;
}

}  // namespace tinyc
