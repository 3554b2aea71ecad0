#pragma once
// What the turns of counts.h cost on a core: coefficients fitted by scripts/fit_cost to instructions and cycles counted
// under QEMU (lib/cost/data). Cycles are without wait states. docs/cost_model.md says how good they are.

#include <map>
#include <string>

#include "lib/cost/counts.h"
#include "lib/cost/range.h"
#include "lib/ir/op_def.h"
#include "lib/target/target.h"

namespace tinyc {

struct Prediction {
  Range instructions, cycles;
  bool fitted = false;  // by the kernel's own counts; else by the operator's work
};

class CoreModel final : public KernelCost {
 public:
  // Of a listed core; lives as long as the program.
  static const CoreModel& of(const Core& core);

  // Nothing for a kernel that was never measured on this core.
  std::optional<Prediction> predict(const KernelCall& call) const;
  // Of a layer whose kernels are unknown.
  Prediction predict(const Work& work, bool in_float) const;
  std::optional<double> cycles(const KernelCall& call) const override;

  // Cores whose instruction timings are published have fitted cycles; others a documented number of cycles per instruction.
  bool has_cycles() const { return !cycles_per_instruction_; }
  const std::string& source() const { return source_; }

 private:
  explicit CoreModel(const Core& core);
  std::optional<Prediction> price(const std::vector<Count>& counts, double band) const;

  struct Price {
    double instructions = 0, cycles = 0;  // of one turn
  };
  bool dsp_ = false;
  std::map<std::string, Price, std::less<>> prices_;  // by term
  std::map<std::string, double, std::less<>> bands_;  // by kernel, as shares
  std::optional<Range> cycles_per_instruction_;
  std::string source_;
};

// What operators are told of a core when they choose kernels: its extensions, and its cost model.
CoreFeatures core_features(const Core& core);

}  // namespace tinyc
