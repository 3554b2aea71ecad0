#pragma once
// The C identifiers of one emitted model, and pieces of C text. Internal to formats/c.

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lib/plan/compiled_model.h"

namespace tinyc::c {

// A constant table of PREFIX_weights.c.
struct NamedTable {
  std::string name;
  std::string comment;  // whose it is
  const Tensor* data;
};

// A kernel call and the names it uses.
struct NamedCall {
  const KernelCall* call;
  std::string params;                        // the name of its parameter struct
  std::map<std::string, std::string> tables;  // parameter -> table
};

struct Names {
  std::string prefix;  // "kws"
  std::string macro;   // "KWS"
  std::vector<NamedTable> tables;
  std::vector<std::vector<NamedCall>> calls;    // of each layer; of a streamed one those that Stream adds follow
  std::map<ValueId, std::string> constants;     // constants that kernels read as activations, or that are outputs
};

Names make_names(const CompiledModel& model, const std::string& prefix);

// "input" when there is one, else "input0", "input1", ...
std::string numbered(std::string_view base, std::size_t index, std::size_t count);

std::string comment_text(std::string_view text);  // safe inside /* ... */ on one line
std::string c_string(std::string_view text);      // a quoted literal
std::string c_type(DType dtype);                  // "int8_t"
std::string c_integer(std::int64_t value, DType dtype = DType::i32);
std::string c_float(float value);                 // "0.5f"; INFINITY and NAN need math.h
bool is_finite(const Tensor& data);                // integers are
std::string array_size(const Tensor& data);       // at least 1: C has no empty arrays
std::string table_values(const Tensor& data);     // indented lines of at most 120 columns
std::string sizes_text(const Shape& shape);       // "1, 49, 10"

// The comment that begins every C file: what it is, the model's facts.
std::string file_comment(const CompiledModel& model, std::string_view what);

}  // namespace tinyc::c
