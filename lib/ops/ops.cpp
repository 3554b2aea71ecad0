#include "lib/ops/ops.h"

#include <vector>

namespace tinyc {
namespace ops {

#define TINYC_OP(name) const OpDef& name();
#define TINYC_IMPORT(name) const std::vector<OnnxImport>& name();
#include "lib/ops/op_list.def"
#undef TINYC_OP
#undef TINYC_IMPORT

}  // namespace ops

OpTable all_ops() {
  static const std::vector<const OpDef*> table{
#define TINYC_OP(name) &ops::name(),
#define TINYC_IMPORT(name)
#include "lib/ops/op_list.def"
#undef TINYC_OP
#undef TINYC_IMPORT
  };
  return table;
}

std::span<const OnnxImport* const> all_onnx_imports() {
  static const std::vector<const OnnxImport*> imports = [] {
    std::vector<const OnnxImport*> all;
    const auto append = [&](const std::vector<OnnxImport>& some) {
      for (const OnnxImport& import : some) all.push_back(&import);
    };
#define TINYC_OP(name) append(ops::name().onnx);
#define TINYC_IMPORT(name) append(ops::name());
#include "lib/ops/op_list.def"
#undef TINYC_OP
#undef TINYC_IMPORT
    return all;
  }();
  return imports;
}

const OnnxImport* find_onnx_import(std::string_view domain, std::string_view op_type) {
  if (domain == "ai.onnx") domain = "";
  for (const OnnxImport* import : all_onnx_imports())
    if (import->op_type == op_type && import->domain == domain) return import;
  return nullptr;
}

}  // namespace tinyc
