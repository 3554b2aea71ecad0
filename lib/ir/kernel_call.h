#pragma once
// What lowering an operator yields: a call of a kernel of lib/runtime, as data. formats/c turns it into
// text; no operator writes C.
//
// In C every kernel has the same form:
//   static void KERNEL(const KERNEL_params *p, const TYPE *input..., TYPE *output..., [void *scratch])
// with one const parameter struct per call, whose fields are `params` in this order. TYPE is the C type of the
// value, int8_t for what is quantized. Constants may be inputs, too; an invalid input is NULL: an absent optional operand.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lib/ir/graph.h"
#include "lib/support/units.h"

namespace tinyc {

// A constant table (weights, bias, multipliers): emitted once as a C array, passed as a pointer.
struct Table {
  Tensor data;
};

struct KernelParam {
  std::string name;  // the field's name in the C struct: "in_height"; for a table also the array's suffix
  std::variant<std::int64_t, Table, float> value;  // a float may be infinite: an absent bound
};

struct KernelCall {
  std::string kernel = {};           // "tinyc_conv2d_s8"
  std::vector<ValueId> inputs = {};   // values read, in the order of the C arguments
  std::vector<ValueId> outputs = {};  // activations written
  std::vector<KernelParam> params = {};
  Bytes scratch{0};               // working memory in the arena during this call, 4-byte aligned; 0: no argument
  std::string reason = {};        // why this kernel was chosen, for the report; may be empty
  int in_place_input = -1;        // this input may overlap the output: its bytes are read before they are overwritten,
  std::int64_t lead = 0;          // if the output begins at least so many bytes before it; 0: at the same place
};

// What is given up last where kernels of one result differ.
enum class Objective : std::uint8_t { time, balanced, size, ram };

// Predicts what a call costs on the core that code is emitted for.
class KernelCost {
 public:
  virtual ~KernelCost() = default;
  virtual std::optional<double> cycles(const KernelCall& call) const = 0;  // nothing: a kernel it does not know
};

// What the code generator knows of the core it emits for, and what the user wants of the code.
struct CoreFeatures {
  bool dsp = false;  // SMLAD and friends (M4, M7, M33)
  bool mve = false;  // Helium (M55, M85)
  bool mul_long = true;  // 32x32->64 multiply (not on M0+)
  Objective objective = Objective::time;
  const KernelCost* cost = nullptr;  // may be absent: operators then choose by rules of thumb
};

}  // namespace tinyc
