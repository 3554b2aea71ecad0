#include "lib/ops/ops.h"

#include <vector>

namespace tinyc {
namespace ops {

#define TINYC_OP(name) const OpDef& name();
#include "lib/ops/op_list.def"
#undef TINYC_OP

}  // namespace ops

OpTable all_ops() {
  static const std::vector<const OpDef*> table{
#define TINYC_OP(name) &ops::name(),
#include "lib/ops/op_list.def"
#undef TINYC_OP
  };
  return table;
}

const OnnxImport* find_onnx_import(std::string_view domain, std::string_view op_type) {
  if (domain == "ai.onnx") domain = "";
  for (const OpDef* op : all_ops())
    for (const OnnxImport& import : op->onnx)
      if (import.op_type == op_type && import.domain == domain) return &import;
  return nullptr;
}

}  // namespace tinyc
