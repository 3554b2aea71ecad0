#pragma once
// The table of all operators.

#include "lib/ir/op_def.h"

namespace tinyc {

OpTable all_ops();

// Every ONNX operator that can be imported.
std::span<const OnnxImport* const> all_onnx_imports();

// The importer of an ONNX operator; nothing when tinyc does not know it.
const OnnxImport* find_onnx_import(std::string_view domain, std::string_view op_type);

}  // namespace tinyc
