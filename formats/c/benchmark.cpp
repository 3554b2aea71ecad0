// PREFIX_benchmark.c: times every layer on a device and prints what `tinyc calibrate` reads.
#include <fmt/format.h>

#include "formats/c/texts.h"

namespace tinyc::c {
namespace {

// {0}: prefix, {1}: macro prefix, {2}: parameters of the run, {3}: layers, {4}: #include.
constexpr std::string_view head = R"(
/* Call {0}_benchmark() once the clock runs at its full speed; it prints through printf. Link it with {0}_weights.c, but
 * without {0}.c. On cores without a cycle counter (Cortex-M0+, M23) define {1}_NOW(), which returns a free-running
 * uint32_t, and {1}_NOW_UNIT, "cycles" or "us". */

{4} <stdint.h>
{4} <stdio.h>

#if !defined({1}_NOW) && defined(__arm__) && !defined(__ARM_ARCH_6M__) && !defined(__ARM_ARCH_8M_BASE__)
/* The counter of the data watchpoint and trace unit. */
#define {1}_NOW() (*(volatile uint32_t *)0xe0001004u)
#define {1}_NOW_UNIT "cycles"
static void benchmark_start(void) {{
  *(volatile uint32_t *)0xe000edfcu |= 1u << 24;
  *(volatile uint32_t *)0xe0001000u |= 1u;
}}
#else
#ifndef {1}_NOW
{4} <time.h>
#define {1}_NOW() ((uint32_t)((double)clock() * 1e6 / (double)CLOCKS_PER_SEC))
#define {1}_NOW_UNIT "us"
#endif
static void benchmark_start(void) {{}}
#endif

#ifndef {1}_BENCHMARK_RUNS
#define {1}_BENCHMARK_RUNS 10
#endif

static uint32_t benchmark_begun;
static uint32_t benchmark_spent[{3}];
#define {1}_PROFILE_BEGIN(layer) (benchmark_begun = {1}_NOW())
#define {1}_PROFILE_END(layer) (benchmark_spent[layer] += {1}_NOW() - benchmark_begun)
#define {0}_run {0}_benchmark_run
static int {0}_benchmark_run({2});
{4} "{0}.c"
#undef {0}_run

)";

constexpr std::string_view tail = R"(
int {0}_benchmark(void);
int {0}_benchmark(void) {{
  static uint64_t arena[({1}_ARENA_BYTES + 7) / 8 + 1];
  size_t layer;
  int run, status = {1}_OK;
  benchmark_start();
  for (run = 0; run < {1}_BENCHMARK_RUNS && status == {1}_OK; ++run) status = {0}_benchmark_run(arena, {2}, {3});
  printf("model,layer,%s\n", {1}_NOW_UNIT);
  for (layer = 0; layer < sizeof benchmark_layers / sizeof *benchmark_layers; ++layer)
    if (benchmark_layers[layer] != NULL)
      printf("{0},\"%s\",%lu\n", benchmark_layers[layer], (unsigned long)(benchmark_spent[layer] / {1}_BENCHMARK_RUNS));
  return status;
}}
)";

std::string buffers(const CompiledModel& model, bool inputs, std::string& argument) {
  const std::vector<ValueId>& values = inputs ? model.graph.inputs() : model.graph.outputs();
  if (values.empty()) {
    argument = "NULL";
    return "";
  }
  const std::string name = inputs ? "benchmark_input" : "benchmark_output";
  std::string text, list;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Type& type = model.graph.value(values[i]).type();
    const std::string each = name + numbered("", i, values.size());
    text += fmt::format("static {}{} {}[{}];\n", "", c_type(type.dtype), each, std::max<std::int64_t>(type.shape.elements(), 1));
    list += (i ? ", " : "") + each;
  }
  if (values.size() == 1) {
    argument = name;
    return text;
  }
  const std::string plural = name + "s";
  const bool is_void = run_parameters(model).find(inputs ? "void *const inputs" : "void *const outputs") != std::string::npos;
  const std::string type = is_void ? "void" : std::string(c_type(model.graph.value(values.front()).type().dtype));
  argument = plural;
  return text + fmt::format("static {}{} *const {}[{}] = {{{}}};\n", inputs ? "const " : "", type, plural, values.size(), list);
}

std::string quoted(const std::string& name) {
  std::string text;
  for (const char c : name) {
    if (c == '"' || c == '\\') text += '\\';
    text += static_cast<unsigned char>(c) < 32 || c == '%' ? '_' : c;
  }
  return "\"" + text + "\"";
}

}  // namespace

std::string benchmark_text(const CompiledModel& model, const Names& names) {
  std::string text = file_comment(model, "timing every layer, for `tinyc calibrate`");
  text += fmt::format(fmt::runtime(head), names.prefix, names.macro, run_parameters(model), std::max<std::size_t>(model.layers.size(), 1),
                      "#include");
  std::string input, output;
  text += buffers(model, true, input) + buffers(model, false, output);
  text += "static const char *const benchmark_layers[] = {\n";
  for (const CompiledLayer& layer : model.layers) text += "    " + (layer.calls.empty() ? std::string("NULL") : quoted(layer.name)) + ",\n";
  text += (model.layers.empty() ? "    NULL,\n" : "") + std::string("};\n");
  return text + fmt::format(fmt::runtime(tail), names.prefix, names.macro, input, output);
}

}  // namespace tinyc::c
