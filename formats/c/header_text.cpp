// PREFIX.h

#include <fmt/format.h>

#include <algorithm>

#include "formats/c/texts.h"

namespace tinyc::c {
namespace {

constexpr std::int64_t arena_alignment = 8;

std::string tensor_macros(const Value& value, const std::string& macro) {
  const Type& type = value.type();
  std::string text = fmt::format("/* {}: {} */\n", comment_text(value.name()), comment_text(type.to_string()));
  text += fmt::format("#define {}_BYTES {}\n", macro, type.bytes());
  text += fmt::format("#define {}_ELEMENTS {}\n", macro, type.shape.elements());
  text += fmt::format("#define {}_TYPE {}\n", macro, c_type(type.dtype));
  text += fmt::format("#define {}_RANK {}\n", macro, type.shape.rank());
  text += fmt::format("#define {}_SHAPE {{{}}}\n", macro, type.shape.rank() == 0 ? "1" : sizes_text(type.shape));
  if (type.is_quantized() && type.quantization->is_per_tensor()) {
    text += fmt::format("#define {}_SCALE {}\n", macro, c_float(type.quantization->scale.front()));
    text += fmt::format("#define {}_ZERO_POINT ({})\n", macro, type.quantization->zero_point.front());
  }
  return text + "\n";
}

bool is_affine_i8(const Type& type) {
  return type.dtype == DType::i8 && type.is_quantized() && type.quantization->is_per_tensor();
}

// Compares with IEEE single arithmetic and one rounding, half away from zero; what is not a number becomes zero.
std::string quantize_helper(const Names& names, const std::string& function, const std::string& macro) {
  return fmt::format(R"(/* stored = real / scale, rounded half away from zero, + zero point, limited to [-128, 127]. */
static inline void {0}_quantize_{1}(const float *real, int8_t *stored) {{
  size_t i;
  for (i = 0; i < {2}_ELEMENTS; ++i) {{
    const float steps = real[i] / {2}_SCALE;
    int32_t value = 0;
    if (steps > 256.0f) {{
      value = 256;
    }} else if (steps < -256.0f) {{
      value = -256;
    }} else if (steps == steps) {{
      const int32_t whole = (int32_t)steps;
      const float rest = steps - (float)whole;
      value = rest >= 0.5f ? whole + 1 : rest <= -0.5f ? whole - 1 : whole;
    }}
    value += {2}_ZERO_POINT;
    stored[i] = (int8_t)(value < -128 ? -128 : value > 127 ? 127 : value);
  }}
}}

)",
                     names.prefix, function, macro);
}

std::string dequantize_helper(const Names& names, const std::string& function, const std::string& macro) {
  return fmt::format(R"(/* real = scale * (stored - zero point). */
static inline void {0}_dequantize_{1}(const int8_t *stored, float *real) {{
  size_t i;
  for (i = 0; i < {2}_ELEMENTS; ++i) real[i] = {2}_SCALE * (float)((int32_t)stored[i] - {2}_ZERO_POINT);
}}

)",
                     names.prefix, function, macro);
}

std::string input_helper(const CompiledModel& model, const Names& names, ValueId value, const std::string& function) {
  const std::string type = c_type(model.graph.value(value).type().dtype);
  const std::string place = fmt::format("(int8_t *)arena + {}", model.offset_of(value));
  return fmt::format("/* A place for the input inside the arena; the run overwrites it. */\n"
                     "static inline {0} *{1}_{2}(void *arena) {{ return {3}; }}\n\n",
                     type, names.prefix, function,
                     type == "int8_t" ? place : fmt::format("({} *)(void *)({})", type, place));
}

std::string run_comment(const CompiledModel& model, const Names& names) {
  const bool several_in = model.graph.inputs().size() != 1, several_out = model.graph.outputs().size() != 1;
  const std::string in = several_in ? "each of inputs" : "input", out = several_out ? "each of outputs" : "output";
  std::string text = "/* One inference.\n";
  text += fmt::format(" * arena: {0}_ARENA_BYTES bytes at an address that is a multiple of {0}_ARENA_ALIGNMENT; nothing in it\n"
                      " *   survives a call, so models may share one.\n", names.macro);
  if (model.external_input) {
    text += fmt::format(" * {}: any buffer outside the arena; left unchanged.\n", in);
  } else {
    text += fmt::format(" * {}: {}_{}(arena), which is overwritten, or any buffer outside the arena, which is left unchanged.\n",
                        in, names.prefix, several_in ? "input0(arena), ..." : "input");
  }
  text += fmt::format(" * {}: any buffer outside the arena that overlaps no input.\n", out);
  text += fmt::format(" * Returns {0}_OK, {0}_ERROR_NULL or {0}_ERROR_ALIGNMENT. Reentrant; calls with different arenas and\n"
                      " * outputs may run at the same time. */\n", names.macro);
  return text;
}

}  // namespace

namespace {

std::string tensor_parameter(const CompiledModel& model, const std::vector<ValueId>& values, std::string_view qualifier,
                             std::string_view name) {
  const std::string type = values.empty() ? "int8_t" : c_type(model.graph.value(values.front()).type().dtype);
  if (values.size() == 1) return fmt::format("{}{} *{}", qualifier, type, name);
  const bool uniform = std::all_of(values.begin(), values.end(), [&](ValueId value) {
    return c_type(model.graph.value(value).type().dtype) == type;
  });
  return fmt::format("{}{} *const {}s[]", qualifier, uniform ? type : "void", name);
}

std::string push_text(const CompiledModel& model, const Names& names) {
  const Feed& feed = model.streams.front().feeds.front();
  const std::int64_t row = feed.rows.ring->slide / feed.step_rows * feed.rows.ring->planes;
  return fmt::format(R"(/* The same with an input that comes row by row, so that it need not be in memory as a whole: {0}_begin, then {0}_push_row
 * for each of {1}_INPUT_ROWS rows from the top, then {0}_finish. A row is {1}_INPUT_ROW_BYTES in the input's own layout, with
 * the height of one. The arena must be left alone until the end. {1}_ERROR_ROWS: too many rows, or too few. */
#define {1}_INPUT_ROWS {2}
#define {1}_INPUT_ROW_BYTES {3}
#define {1}_ERROR_ROWS (-3)
int {0}_begin(void *arena);
int {0}_push_row({4});
int {0}_finish({5});

)",
                     names.prefix, names.macro, feed.plane_bytes / (row / feed.rows.ring->planes), row, push_parameters(model),
                     finish_parameters(model));
}

}  // namespace

std::string run_parameters(const CompiledModel& model) {
  return "void *arena, " + tensor_parameter(model, model.graph.inputs(), "const ", "input") + ", " +
         tensor_parameter(model, model.graph.outputs(), "", "output");
}

std::string push_parameters(const CompiledModel& model) {
  return "void *arena, " + tensor_parameter(model, model.graph.inputs(), "const ", "row");
}

std::string finish_parameters(const CompiledModel& model) {
  return "void *arena, " + tensor_parameter(model, model.graph.outputs(), "", "output");
}

std::string header_text(const CompiledModel& model, const Names& names) {
  const std::vector<ValueId>&inputs = model.graph.inputs(), &outputs = model.graph.outputs();
  const auto& graph = model.graph;
  const Arithmetic arithmetic = arithmetic_of(graph);
  const std::string_view kind = arithmetic == Arithmetic::int8      ? "an int8 model"
                                : arithmetic == Arithmetic::float32 ? "a float model"
                                                                    : "an int8 model with parts in float";
  std::string text = file_comment(model, kind);
  text += fmt::format("#ifndef {0}_H\n#define {0}_H\n\n#include <stddef.h>\n#include <stdint.h>\n\n", names.macro);
  text += "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
  text += fmt::format("#define {}_ARENA_BYTES {}\n", names.macro, std::max(model.arena.peak.count, arena_alignment));
  text += fmt::format("#define {}_ARENA_ALIGNMENT {}\n", names.macro, arena_alignment);
  text += fmt::format("#define {}_STATE_BYTES 0 /* nothing survives a call */\n", names.macro);
  text += fmt::format("#define {0}_INPUT_COUNT {1}\n#define {0}_OUTPUT_COUNT {2}\n", names.macro, inputs.size(), outputs.size());
  text += fmt::format("#define {}_INPUT_IN_ARENA {}\n\n", names.macro, model.external_input ? 0 : 1);
  for (std::size_t i = 0; i < inputs.size(); ++i)
    text += tensor_macros(graph.value(inputs[i]), names.macro + "_" + numbered("INPUT", i, inputs.size()));
  for (std::size_t i = 0; i < outputs.size(); ++i)
    text += tensor_macros(graph.value(outputs[i]), names.macro + "_" + numbered("OUTPUT", i, outputs.size()));
  text += fmt::format("#define {0}_OK 0\n#define {0}_ERROR_NULL (-1)      /* a null pointer */\n"
                      "#define {0}_ERROR_ALIGNMENT (-2) /* the arena's address */\n\n", names.macro);
  text += run_comment(model, names);
  text += fmt::format("int {}_run({});\n\n", names.prefix, run_parameters(model));
  if (model.push_rows) text += push_text(model, names);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const std::string function = numbered("input", i, inputs.size());
    if (!model.external_input) text += input_helper(model, names, inputs[i], function);
    if (is_affine_i8(graph.value(inputs[i]).type()))
      text += quantize_helper(names, function, names.macro + "_" + numbered("INPUT", i, inputs.size()));
  }
  for (std::size_t i = 0; i < outputs.size(); ++i)
    if (is_affine_i8(graph.value(outputs[i]).type()))
      text += dequantize_helper(names, numbered("output", i, outputs.size()),
                                names.macro + "_" + numbered("OUTPUT", i, outputs.size()));
  text += fmt::format("/* In {0}_selftest.c: runs built-in vectors. 0 when {1}, else 1 + the index of the first\n"
                      " * layer that differs, which {0}_selftest_layer() names; negative: what {0}_run returned. Not reentrant. */\n"
                      "int {0}_selftest(void *arena);\nconst char *{0}_selftest_layer(int result);\n\n", names.prefix,
                      arithmetic == Arithmetic::int8 ? "every byte is as expected" : "everything is as expected");
  return text + fmt::format("#ifdef __cplusplus\n}}\n#endif\n\n#endif /* {}_H */\n", names.macro);
}

}  // namespace tinyc::c
