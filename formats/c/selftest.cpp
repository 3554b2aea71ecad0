// The self-test: vectors computed by the interpreter, a hash of what every layer writes, and the text of
// PREFIX_selftest.c.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "formats/c/texts.h"
#include "lib/exec/interpreter.h"
#include "lib/support/check.h"
#include "lib/support/rng.h"

namespace tinyc {

std::vector<TracePoint> trace_points(const CompiledModel& model) {
  std::vector<TracePoint> points;
  for (std::size_t i = 0; i < model.layers.size(); ++i)
    if (!model.layers[i].calls.empty())
      for (const ValueId result : model.graph.node(model.layers[i].node).results()) points.push_back({i, result});
  return points;
}

std::uint32_t trace_hash(std::span<const std::byte> bytes) {
  std::uint32_t hash = 0x811c9dc5u;
  for (const std::byte byte : bytes) hash = (hash ^ static_cast<std::uint32_t>(byte)) * 0x01000193u;
  return hash;
}

std::array<float, 2> trace_sums(std::span<const double> values) {
  double sum = 0, magnitude = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    sum += static_cast<double>(i % 7 + 1) * values[i];
    magnitude += std::fabs(values[i]);
  }
  return {static_cast<float>(sum), static_cast<float>(magnitude)};
}

Result<SelftestVector> selftest_vector(const CompiledModel& model, std::vector<Tensor> inputs) {
  std::vector<std::uint32_t> hash_of(model.graph.value_bound(), 0);
  std::vector<std::array<float, 2>> sums_of(model.graph.value_bound());
  SelftestVector vector;
  vector.outputs = TINYC_TRY(run(model.graph, inputs, [&](ValueId id, const Tensor& tensor) {
    if (tensor.dtype() == DType::f32 || tensor.dtype() == DType::i8) sums_of[id.index] = trace_sums(tensor.to_doubles());
    if (tensor.dtype() != DType::f32) hash_of[id.index] = trace_hash(tensor.bytes());
  }));
  vector.inputs = std::move(inputs);
  for (const TracePoint& point : trace_points(model)) {
    vector.hashes.push_back(hash_of[point.value.index]);
    const auto& sums = sums_of[point.value.index];
    vector.sums.insert(vector.sums.end(), sums.begin(), sums.end());
  }
  return vector;
}

namespace c {
namespace {

std::string array(std::string_view name, const Tensor& tensor) {
  return fmt::format("static const {} {}[{}] = {{\n{}}};\n", c_type(tensor.dtype()), name, array_size(tensor),
                     table_values(tensor));
}

// "selftest_input_0" of the vector, or "selftest_input0_0" when there are several inputs.
std::string array_name(std::string_view kind, std::size_t index, std::size_t count, std::size_t vector) {
  return fmt::format("selftest_{}_{}", numbered(kind, index, count), vector);
}

std::string pointers(std::string_view kind, std::size_t count, std::size_t vector, std::string_view type) {
  std::string text = fmt::format("static const {} *const selftest_{}s_{}[{}] = {{{}", type, kind, vector, std::max<std::size_t>(count, 1),
                                 count == 0 ? "NULL" : "");
  for (std::size_t i = 0; i < count; ++i) text += (i ? ", " : "") + array_name(kind, i, count, vector);
  return text + "};\n";
}

bool is_real(const CompiledModel& model, ValueId value) { return model.graph.value(value).type().dtype == DType::f32; }

// How what a layer wrote is compared.
enum class Kind : std::uint8_t { exact, real, near };  // near: int8 values a step away or less
std::vector<Kind> kinds_of(const CompiledModel& model, const std::vector<ValueId>& values) {
  const std::vector<bool> inexact = inexact_values(model.graph);
  std::vector<Kind> kinds;
  for (const ValueId value : values) {
    const bool near = inexact[value.index] && model.graph.value(value).type().dtype == DType::i8;
    kinds.push_back(is_real(model, value) ? Kind::real : near ? Kind::near : Kind::exact);
  }
  return kinds;
}

std::vector<Kind> trace_kinds(const CompiledModel& model) {
  std::vector<ValueId> values;
  for (const TracePoint& point : trace_points(model)) values.push_back(point.value);
  return kinds_of(model, values);
}
bool has(const std::vector<Kind>& kinds, Kind kind) { return std::ranges::find(kinds, kind) != kinds.end(); }
bool has_sums(const CompiledModel& model) {
  return has(trace_kinds(model), Kind::real) || has(trace_kinds(model), Kind::near);
}

std::string vector_text(const CompiledModel& model, const SelftestVector& vector, std::size_t index) {
  std::string text;
  for (std::size_t i = 0; i < vector.inputs.size(); ++i)
    text += array(array_name("input", i, vector.inputs.size(), index), vector.inputs[i]);
  for (std::size_t i = 0; i < vector.outputs.size(); ++i)
    text += array(array_name("expected", i, vector.outputs.size(), index), vector.outputs[i]);
  if (!vector.hashes.empty()) {
    std::vector<std::int64_t> hashes(vector.hashes.begin(), vector.hashes.end());
    const Shape shape{static_cast<std::int64_t>(hashes.size())};
    text += array(fmt::format("selftest_hashes_{}", index), Tensor::of<std::int64_t>(shape, hashes).cast(DType::u32));
  }
  if (has_sums(model)) {
    const Shape shape{static_cast<std::int64_t>(vector.sums.size())};
    text += array(fmt::format("selftest_sums_{}", index), Tensor::of<float>(shape, vector.sums));
  }
  return text;
}

// What layers wrote is hashed as it comes: a streamed layer reports its rows band by band.
constexpr std::string_view trace_function = R"(
static uint32_t selftest_seen[SELFTEST_LAYERS]; /* hashes of what the layers wrote */

/* 32-bit FNV-1a. */
static void selftest_trace(int layer, const void *data, size_t bytes) {
  const uint8_t *at = (const uint8_t *)data;
  uint32_t hash = selftest_seen[layer];
  size_t i;
  for (i = 0; i < bytes; ++i) hash = (hash ^ at[i]) * 0x01000193u;
  selftest_seen[layer] = hash;
}

static void selftest_begin(void) {
  int i;
  for (i = 0; i < SELFTEST_LAYERS; ++i) selftest_seen[i] = 0x811c9dc5u;
}

/* 1 + the first layer that differs, 0: none. */
static int selftest_first(const uint32_t *hashes) {
  int i;
  for (i = 0; i < SELFTEST_LAYERS; ++i)
    if (selftest_seen[i] != hashes[i]) return i + 1;
  return 0;
}
)";

// The same where some layers write what rounding may change.
constexpr std::string_view real_trace_function = R"(
static uint32_t selftest_seen[SELFTEST_LAYERS];  /* hashes of what the layers wrote */
static float selftest_total[SELFTEST_LAYERS];    /* weighted sums of it */
static size_t selftest_count[SELFTEST_LAYERS];   /* elements of it */

static float selftest_magnitude(float value) { return value < 0.0f ? -value : value; }

/* 32-bit FNV-1a for what is exact. */
static void selftest_trace(int layer, const void *data, size_t bytes) {
  const uint8_t *at = (const uint8_t *)data;
  const int kind = selftest_kinds[layer];
  const size_t count = kind == 1 ? bytes / sizeof(float) : bytes;
  uint32_t hash = selftest_seen[layer];
  float sum = selftest_total[layer];
  size_t i, seen = selftest_count[layer];
  for (i = 0; i < count && kind != 0; ++i, ++seen)
    sum += (float)(seen % 7u + 1u) * (kind == 1 ? ((const float *)data)[i] : (float)((const int8_t *)data)[i]);
  for (i = 0; i < count && kind == 0; ++i) hash = (hash ^ at[i]) * 0x01000193u;
  selftest_seen[layer] = hash;
  selftest_total[layer] = sum;
  selftest_count[layer] = seen;
}

static void selftest_begin(void) {
  int i;
  for (i = 0; i < SELFTEST_LAYERS; ++i) {
    selftest_seen[i] = 0x811c9dc5u;
    selftest_total[i] = 0.0f;
    selftest_count[i] = 0;
  }
}

/* 1 + the first layer that differs, 0: none. Of real numbers by a sum that no rounding explains; of stored values a step
 * makes up to 7. */
static int selftest_first(const uint32_t *hashes, const float *sums) {
  int i;
  for (i = 0; i < SELFTEST_LAYERS; ++i) {
    const int kind = selftest_kinds[i];
    const float allowed = kind == 1 ? 0.001f * sums[2 * i + 1] : 0.01f * sums[2 * i + 1] + 7.0f;
    if (kind == 0 ? selftest_seen[i] != hashes[i] : selftest_magnitude(selftest_total[i] - sums[2 * i]) > allowed) return i + 1;
  }
  return 0;
}
)";

std::string kinds_text(const CompiledModel& model) {
  std::vector<std::int64_t> kinds;
  for (const Kind kind : trace_kinds(model)) kinds.push_back(static_cast<std::int64_t>(kind));
  const Shape shape{static_cast<std::int64_t>(kinds.size())};
  return "\n/* Of each layer: 0 exact, 1 real numbers, 2 stored values that depend on real numbers. */\n" +
         array("selftest_kinds", Tensor::of<std::int64_t>(shape, kinds).cast(DType::u8));
}

// Compares a real output with what is expected; what is not a number equals itself.
std::string close_function() {
  return fmt::format(R"(
/* Whether real numbers differ by no more than {0} of the largest of them. */
static int selftest_close(const float *got, const float *expected, size_t count) {{
  float largest = 0.0f;
  size_t i;
  for (i = 0; i < count; ++i) {{
    const float magnitude = expected[i] < 0.0f ? -expected[i] : expected[i];
    if (magnitude > largest && magnitude <= 3.0e38f) largest = magnitude;
  }}
  for (i = 0; i < count; ++i) {{
    const float error = got[i] - expected[i];
    const int both_nan = got[i] != got[i] && expected[i] != expected[i];
    if (got[i] == expected[i] || both_nan) continue;
    if (!(error <= {0} * largest && error >= -{0} * largest)) return 0;
  }}
  return 1;
}}
)",
                     c_float(float_tolerance));
}

constexpr std::string_view near_function = R"(
/* Whether stored values that depend on real numbers differ by no more than a step. */
static int selftest_near(const int8_t *got, const int8_t *expected, size_t count) {
  size_t i;
  for (i = 0; i < count; ++i)
    if (got[i] - expected[i] > 1 || expected[i] - got[i] > 1) return 0;
  return 1;
}
)";

// The functions beside PREFIX_run, which a second copy must not define again.
std::string renamed(const CompiledModel& model, const Names& names) {
  if (!model.push_rows) return {};
  return fmt::format("#define {0}_begin {0}_selftest_begin\n#define {0}_push_row {0}_selftest_push_row\n#define {0}_finish {0}_selftest_finish\n"
                     "#define {0}_row {0}_selftest_row\n#define {0}_step {0}_selftest_step\nstatic int {0}_begin(void *arena);\n"
                     "static int {0}_push_row({1});\nstatic int {0}_finish({2});\n",
                     names.prefix, push_parameters(model), finish_parameters(model));
}

// The second copy of PREFIX_run that the self-test watches.
std::string traced_copy(const CompiledModel& model, const Names& names) {
  return fmt::format(R"(
/* A second copy of {0}_run, which reports what each layer wrote. */
#define {1}_TRACE(layer, data, bytes) selftest_trace((layer), (data), (size_t)(bytes))
#define {0}_run {0}_selftest_run
static int {0}_selftest_run({2});
{4}{3} "{0}.c"
#undef {0}_run
)",
                     names.prefix, names.macro, run_parameters(model), "#include", renamed(model, names));
}

std::string outputs_text(const CompiledModel& model) {
  const auto& outputs = model.graph.outputs();
  std::string text, list;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const Type& type = model.graph.value(outputs[i]).type();
    const std::string name = "selftest_" + numbered("output", i, outputs.size());
    text += fmt::format("static {} {}[{}];\n", c_type(type.dtype), name, std::max<std::int64_t>(type.shape.elements(), 1));
    list += (i ? ", " : "") + name;
  }
  if (outputs.size() == 1) return text;
  const bool is_void = run_parameters(model).find("void *const outputs") != std::string::npos;
  return text + fmt::format("static {} *const selftest_outputs[{}] = {{{}}};\n",
                            is_void ? "void" : c_type(model.graph.value(outputs.front()).type().dtype), outputs.size(), list);
}

// An expression that is true when an output is not as expected.
std::string wrong_output(const Tensor& expected, Kind kind, const std::string& got, const std::string& name) {
  if (kind != Kind::exact)
    return fmt::format("!selftest_{}({}, {}, {})", kind == Kind::real ? "close" : "near", got, name, expected.elements());
  return fmt::format("memcmp({}, {}, {}) != 0", got, name, expected.bytes().size());
}

std::string check_vector(const CompiledModel& model, const Names& names, const SelftestVector& vector, std::size_t index) {
  const std::size_t inputs = vector.inputs.size(), outputs = vector.outputs.size();
  const std::string arguments = fmt::format("arena, selftest_input{}_{}, selftest_output{}", inputs == 1 ? "" : "s", index,
                                            outputs == 1 ? "" : "s");
  std::string text = fmt::format("  status = {}_run({});\n  if (status != {}_OK) return status;\n", names.prefix, arguments,
                                 names.macro);
  const std::vector<Kind> kinds = kinds_of(model, model.graph.outputs());
  for (std::size_t i = 0; i < outputs; ++i)
    text += fmt::format("  {}{}{}", i == 0 ? "if (" : "    ",
                        wrong_output(vector.outputs[i], kinds[i], "selftest_" + numbered("output", i, outputs),
                                     array_name("expected", i, outputs, index)),
                        i + 1 == outputs ? ") {\n" : " ||\n");
  const std::size_t other = vector.hashes.size() + 1;
  if (vector.hashes.empty()) return text + fmt::format("    return {};\n  }}\n", other);
  const std::string sums = has_sums(model) ? fmt::format(", selftest_sums_{}", index) : "";
  const std::string expected = fmt::format("selftest_hashes_{}{}", index, sums);
  return text + fmt::format("    selftest_begin();\n    (void){}_selftest_run({});\n    status = selftest_first({});\n"
                            "    return status != 0 ? status : {};\n  }}\n", names.prefix, arguments, expected, other);
}

std::string layer_names(const CompiledModel& model, const Names& names) {
  const auto points = trace_points(model);
  std::string text = fmt::format("const char *{}_selftest_layer(int result) {{\n  static const char *const layers[{}] = {{\n",
                                 names.prefix, points.size() + 1);
  for (const TracePoint& point : points) text += "    " + c_string(model.layers[point.layer].name) + ",\n";
  text += "    \"(none when watched layer by layer)\",\n  };\n";
  return text + fmt::format("  return result >= 1 && result <= {} ? layers[result - 1] : \"\";\n}}\n", points.size() + 1);
}

}  // namespace

std::string selftest_text(const CompiledModel& model, const Names& names, const std::vector<SelftestVector>& vectors) {
  std::string text = file_comment(model, "the self-test");
  const bool finite = std::ranges::all_of(vectors, [](const SelftestVector& vector) {
    return std::ranges::all_of(vector.inputs, is_finite) && std::ranges::all_of(vector.outputs, is_finite) &&
           std::ranges::all_of(vector.sums, [](float sum) { return std::isfinite(sum); });
  });
  text += fmt::format("#include \"{}.h\"\n\n{}#include <string.h>\n", names.prefix, finite ? "" : "#include <math.h>\n");
  if (!trace_points(model).empty()) {
    text += fmt::format("\n#define SELFTEST_LAYERS {}\n", trace_points(model).size());
    if (has_sums(model)) text += kinds_text(model);
    text += has_sums(model) ? real_trace_function : trace_function;
    text += traced_copy(model, names);
  }
  const std::vector<Kind> outputs = kinds_of(model, model.graph.outputs());
  if (has(outputs, Kind::real)) text += close_function();
  if (has(outputs, Kind::near)) text += near_function;
  text += "\n";
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    text += vector_text(model, vectors[i], i);
    if (const auto& inputs = vectors[i].inputs; inputs.size() != 1) {
      const bool is_void = run_parameters(model).find("void *const inputs") != std::string::npos;
      text += pointers("input", inputs.size(), i, is_void ? "void" : inputs.empty() ? "int8_t" : c_type(inputs.front().dtype()));
    }
  }
  text += outputs_text(model) + "\n" + layer_names(model, names);
  text += fmt::format("\nint {}_selftest(void *arena) {{\n  int status;\n", names.prefix);
  for (std::size_t i = 0; i < vectors.size(); ++i) text += check_vector(model, names, vectors[i], i);
  return text + "  return 0;\n}\n";
}

}  // namespace c
}  // namespace tinyc
