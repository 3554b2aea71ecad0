#include "apps/driver/operators.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "lib/ops/elementwise.h"
#include "lib/ops/ops.h"
#include "lib/support/text.h"

namespace tinyc {
namespace {

constexpr std::string_view yes = "yes";

// The opset of ai.onnx that introduced an operator, for those younger than opset 7.
const std::map<std::string_view, int>& introductions() {
  static const std::map<std::string_view, int> introduced = [] {
    const std::vector<std::pair<int, std::string_view>> by_opset{
        {8, "Expand Scan"},
        {9, "Acosh Asinh Atanh ConstantOfShape Cosh Erf EyeLike IsNaN MaxUnpool MeanVarianceNormalization NonZero "
            "OneHot Scatter Shrink Sign Sinh TfIdfVectorizer Where"},
        {10, "ConvInteger DequantizeLinear IsInf MatMulInteger Mod NonMaxSuppression QLinearConv QLinearMatMul "
             "QuantizeLinear Resize ReverseSequence RoiAlign StringNormalizer ThresholdedRelu"},
        {11, "BitShift CumSum Det DynamicQuantizeLinear GatherElements GatherND Range Round ScatterElements ScatterND Unique"},
        {12, "Celu Einsum GreaterOrEqual LessOrEqual NegativeLogLikelihoodLoss SoftmaxCrossEntropyLoss"},
        {14, "HardSwish Trilu"},
        {15, "Bernoulli CastLike Optional"},
        {16, "GridSample"},
        {17, "BlackmanWindow DFT HammingWindow HannWindow LayerNormalization MelWeightMatrix STFT"},
        {18, "BitwiseAnd BitwiseNot BitwiseOr BitwiseXor CenterCropPad Col2Im GroupNormalization Mish"},
        {19, "DeformConv"},
        {20, "AffineGrid Gelu"},
        {23, "Attention RMSNormalization RotaryEmbedding"}};
    std::map<std::string_view, int> opsets;
    for (const auto& [opset, names] : by_opset)
      for (std::string_view left = names; !left.empty();) {
        const std::size_t end = std::min(left.find(' '), left.size());
        opsets[left.substr(0, end)] = opset;
        left.remove_prefix(std::min(end + 1, left.size()));
      }
    return opsets;
  }();
  return introduced;
}

std::string onnx_name(const OnnxImport& import) {
  const std::string name(import.op_type);
  if (!import.domain.empty()) return std::string(import.domain) + "." + name;
  const auto at = introductions().find(name);
  return at == introductions().end() ? name : fmt::format("{} ({})", name, at->second);
}

template <class Fn>
std::string cell(const Answer<Fn>& answer) {
  if (answer) return std::string(yes);
  if (answer.reason() == ops::becomes_table) return "table";
  if (answer.reason() == ops::only_by_constant) return "table, when operand 1 is a constant number";
  constexpr std::string_view it_has = "it has ";
  return std::string(answer.reason().starts_with(it_has) ? answer.reason().substr(it_has.size()) : answer.reason());
}

OperatorRow row_of(const OpDef& op) {
  OperatorRow row{std::string(op.name), std::string(op.summary), {}, cell(op.eval_float), cell(op.eval_int8),
                  cell(op.lower), cell(op.lower_float)};
  for (const OnnxImport& import : op.onnx) row.onnx.push_back(onnx_name(import));
  if (row.int8_c == row.int8_reference && row.int8_c != yes) row.int8_c = row.int8_c.starts_with("table") ? "table" : "–";
  if (op.is_view) row.int8_c = row.float_c = "view";
  return row;
}

std::string joined_or_dash(const std::vector<std::string>& names) { return names.empty() ? "–" : join(names, ", "); }

constexpr std::string_view introduction = R"(# Operators

Written by `scripts/update_operators` from the table of operators; `tinyc ops` prints it.

ONNX operators are read with the meaning they have in the model's own opset, 6 to 23. A number behind a name is the opset
that introduced the operator; those without one are older than opset 8. Names with a domain belong to it. Model-local
functions are inlined. `If` with a known condition is the branch it takes, `Loop` and `Scan` with a known number of
iterations are as many copies of their body; where that depends on the model's inputs, they are refused.

| column | what |
| --- | --- |
| float | the float interpreter: `run`, `eval`, calibration, constant folding |
| int8 | the int8 interpreter, which defines the integers |
| int8 C | emitted C of a quantized model |
| float C | emitted C of what stays float |

"table": computed by a table of 256 entries, the operator `lookup_table`. "view": the result is the operand's bytes under
another shape, which takes no code. Everything else that is not "yes" is the reason why not, "–" the one to the left. No
operator has a gradient yet.

)";

}  // namespace

std::vector<OperatorRow> operator_rows() {
  std::vector<OperatorRow> rows;
  for (const OpDef* op : all_ops()) rows.push_back(row_of(*op));
  return rows;
}

std::vector<std::string> composed_operators() {
  std::set<const OnnxImport*> own;
  for (const OpDef* op : all_ops())
    for (const OnnxImport& import : op->onnx) own.insert(&import);
  std::vector<std::string> names;
  for (const OnnxImport* import : all_onnx_imports())
    if (!own.contains(import)) names.push_back(onnx_name(*import));
  std::ranges::sort(names);
  return names;
}

std::string operators_markdown() {
  std::string text(introduction);
  text += "| operator | ONNX | float | int8 | int8 C | float C |\n| --- | --- | --- | --- | --- | --- |\n";
  for (const OperatorRow& row : operator_rows())
    text += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", row.name, joined_or_dash(row.onnx), row.float_reference,
                        row.int8_reference, row.int8_c, row.float_c);
  text += "\n## ONNX operators that become others\n\n" + join(composed_operators(), ", ") + "\n";
  text += "\n## What each operator is\n\n| operator | what |\n| --- | --- |\n";
  for (const OperatorRow& row : operator_rows()) text += fmt::format("| `{}` | {} |\n", row.name, row.summary);
  return text;
}

}  // namespace tinyc
