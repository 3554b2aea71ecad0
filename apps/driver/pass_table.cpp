#include "apps/driver/pass_table.h"

#include "passes/canonicalize/passes.h"
#include "passes/compress/passes.h"
#include "passes/lower/passes.h"

namespace tinyc {

PassTable all_passes() {
  static const std::vector<const Pass*> table = [] {
    std::vector<const Pass*> all;
    for (const PassTable folder : {canonicalize_passes(), compress_passes(), lower_passes()})
      all.insert(all.end(), folder.begin(), folder.end());
    return all;
  }();
  return table;
}

std::span<const NamedPipeline> named_pipelines() {
  static const std::vector<NamedPipeline> named{canonicalize_pipeline()};
  return named;
}

}  // namespace tinyc
