#include "passes/canonicalize/passes.h"

#include "lib/support/text.h"

namespace tinyc {
namespace passes {

#define TINYC_PASS(name) const Pass& name();
#include "passes/canonicalize/pass_list.def"
#undef TINYC_PASS

}  // namespace passes

PassTable canonicalize_passes() {
  static const std::vector<const Pass*> table{
#define TINYC_PASS(name) &passes::name(),
#include "passes/canonicalize/pass_list.def"
#undef TINYC_PASS
  };
  return table;
}

NamedPipeline canonicalize_pipeline() {
  std::vector<std::string> round;
  for (const Pass* pass : canonicalize_passes())
    if (!pass->info.becomes) round.emplace_back(pass->info.name);
  return {"canonicalize", "every canonicalization pass, repeated until nothing changes",
          "(" + join(round, ", ") + ")*, mark-canonical"};
}

}  // namespace tinyc
