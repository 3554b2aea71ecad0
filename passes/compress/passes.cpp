#include "passes/compress/passes.h"

namespace tinyc {
namespace passes {

#define TINYC_PASS(name) const Pass& name();
#include "passes/compress/pass_list.def"
#undef TINYC_PASS

}  // namespace passes

PassTable compress_passes() {
  static const std::vector<const Pass*> table{
#define TINYC_PASS(name) &passes::name(),
#include "passes/compress/pass_list.def"
#undef TINYC_PASS
  };
  return table;
}

}  // namespace tinyc
