#include "apps/driver/model_glue.h"

#include <fmt/format.h>

#include <algorithm>

#include "lib/support/text.h"

namespace tinyc {
namespace {

struct Side {
  const Graph& graph;
  const std::vector<ValueId>& values;
  std::string macro;     // "KWS_INPUT"
  std::string variable;  // "input"
  bool is_const;

  std::string numbered(std::size_t i) const { return values.size() == 1 ? macro : macro + std::to_string(i); }
  std::string qualifier() const { return is_const ? "const " : ""; }

  std::string buffers() const {
    std::string text, list;
    for (std::size_t i = 0; i < values.size(); ++i) {
      text += fmt::format("static uint8_t {}{}[{}_BYTES + HARNESS_SLACK] BUFFER;\n", variable, i, numbered(i));
      list += fmt::format("    {{{0}_BYTES, sizeof({0}_TYPE), {1}{2}}},\n", numbered(i), variable, i);
    }
    text += fmt::format("const int harness_{}_count = {};\n", variable, values.size());
    return text + fmt::format("const harness_tensor harness_{}s[] = {{\n{}    {{0, 0, NULL}}}};\n", variable, list);
  }
  // The argument of PREFIX_run, and what must be declared before the call.
  std::string declaration() const {
    if (values.size() == 1) return fmt::format("  {}{}_TYPE *const one_{} = (void *){}s[0];\n", qualifier(), macro, variable, variable);
    const auto dtype = [&](ValueId id) { return graph.value(id).type().dtype; };
    const bool uniform = std::all_of(values.begin(), values.end(), [&](ValueId id) { return dtype(id) == dtype(values[0]); });
    std::string list;
    for (std::size_t i = 0; i < values.size(); ++i) list += fmt::format("(void *){}s[{}], ", variable, i);
    const std::string type = values.empty() ? "int8_t" : uniform ? numbered(0) + "_TYPE" : "void";
    return fmt::format("  {}{} *const some_{}s[] = {{{}NULL}};\n", qualifier(), type, variable, list);
  }
  std::string argument() const { return values.size() == 1 ? "one_" + variable : "some_" + variable + "s"; }
};

}  // namespace

std::string model_glue(const Graph& graph, const std::string& prefix) {
  const std::string macro = upper(prefix);
  const Side in{graph, graph.inputs(), macro + "_INPUT", "input", true};
  const Side out{graph, graph.outputs(), macro + "_OUTPUT", "output", false};
  std::string text = fmt::format(R"(#include "harness.h"
#include "../{0}.h"
#if defined(HARNESS_TRACED)
#define {1}_TRACE(layer, data, bytes) harness_trace((layer), (data), (size_t)(bytes))
#include "../{0}.c"
#elif defined(HARNESS_LAPS)
#define {1}_TRACE(layer, data, bytes) HARNESS_LAP()
#include "../{0}.c"
#endif
#if defined(__arm__)
#define BUFFER __attribute__((section(".buffers"), aligned(8)))
#else
#define BUFFER __attribute__((aligned(8)))
#endif
static uint8_t arena[{1}_ARENA_BYTES + HARNESS_GUARD] BUFFER;
uint8_t *const harness_arena = arena;
const size_t harness_arena_bytes = {1}_ARENA_BYTES;
const int harness_inputs_in_arena = {1}_INPUT_IN_ARENA;
)",
                                 prefix, macro);
  text += in.buffers() + out.buffers();
  text += fmt::format("uint8_t *harness_input_place(int index) {{\n#if {}_INPUT_IN_ARENA\n  switch (index) {{\n", macro);
  for (std::size_t i = 0; i < graph.inputs().size(); ++i)
    text += fmt::format("    case {}: return (uint8_t *){}_input{}(arena);\n", i, prefix,
                        graph.inputs().size() == 1 ? "" : std::to_string(i));
  text += "    default: break;\n  }\n#endif\n  (void)index;\n  return NULL;\n}\n";
  text += "int harness_run(const uint8_t *const inputs[], uint8_t *const outputs[]) {\n  int status;\n";
  text += in.declaration() + out.declaration();
  return text + fmt::format("  (void)inputs, (void)outputs;\n  HARNESS_BEGIN();\n  status = {}_run(arena, {}, {});\n  HARNESS_END();\n  return status;\n}}\n",
                            prefix, in.argument(), out.argument());
}

}  // namespace tinyc
