#pragma once
// What tinyc can do with each operator, from the table of operators: `tinyc ops` and docs/operators.md.

#include <string>
#include <vector>

namespace tinyc {

// A cell says "yes", names another way ("table", "view"), or gives the reason why not ("–": the one before).
struct OperatorRow {
  std::string name;
  std::string summary;
  std::vector<std::string> onnx;  // "Conv", "Gelu (20)" with the opset that introduced it, "com.microsoft.QGemm"
  std::string float_reference;    // the float interpreter
  std::string int8_reference;     // the int8 interpreter
  std::string int8_c;             // emitted C of an int8 graph
  std::string float_c;            // emitted C of a float graph
};
std::vector<OperatorRow> operator_rows();

// ONNX operators that leave other operators in the graph, named as above, sorted.
std::vector<std::string> composed_operators();

// docs/operators.md
std::string operators_markdown();

}  // namespace tinyc
