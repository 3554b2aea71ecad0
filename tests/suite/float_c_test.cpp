// Every case of the ONNX backend suite that the float interpreter passes, as emitted float C: compiled without a warning by
// the host's compiler, run on the case's inputs, compared with the interpreter. testdata/float_c_manifest.txt says of each
// whether it becomes C, or why not; scripts/update_onnx_manifest rewrites it.

#include <dlfcn.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <thread>

#include "formats/c/emit.h"
#include "lib/support/check.h"
#include "lib/support/subprocess.h"
#include "passes/lower/lower.h"
#include "tests/passes/pass_fixture.h"
#include "tests/suite/onnx_suite.h"

namespace tinyc {
namespace {

const fs::path float_manifest_path = fs::path(TINYC_SOURCE_DIR) / "testdata" / "float_c_manifest.txt";
constexpr std::string_view heading =
    "# Every case of the ONNX backend suite that the float interpreter passes (onnx_backend_manifest.txt), as emitted float C\n"
    "# on the host: within 1e-5, absolute and relative, of the interpreter; integers equal.\n"
    "# C        compiles without a warning and computes that\n"
    "# no C     with the reason\n"
    "# Written by scripts/update_onnx_manifest.\n";
constexpr double tolerance = 1e-5;
constexpr std::size_t cases_at_once = 24;  // in one translation unit
constexpr std::size_t guard_bytes = 16;

struct Case {
  std::string name, prefix, state;
  std::vector<Tensor> inputs, expected;
  std::int64_t arena_bytes = 0;
  std::map<std::string, std::string> files;
  std::vector<std::string> kernels;
};

std::string reason(const Error& error) {
  const Diagnostic& first = error.diagnostics().front();
  return "no C: " + first.id + " " + first.message;
}

// The graph of a case as the interpreter's manifest says it passes, and the data for its inputs.
Result<Graph> imported(const fs::path& folder, const std::string& way, std::vector<Tensor>& inputs) {
  const std::string bytes = TINYC_TRY(read_file((folder / "model.onnx").string()));
  const Data data = TINYC_TRY(read_inputs(folder / "test_data_set_0", bytes));
  OnnxReadOptions options;
  options.bind = bound_inputs(data, way);
  Graph graph = TINYC_TRY(read_onnx_bytes(bytes, folder, options));
  for (const ValueId id : graph.inputs()) {
    const Value& input = graph.value(id);
    inputs.push_back(std::ranges::find(data, input.name(), &Data::value_type::first)->second.cast(input.type().dtype));
  }
  return graph;
}

Status emit(Case& test, const std::string& way) {
  Graph graph = TINYC_TRY(imported(suite / test.name, way, test.inputs));
  test.expected = TINYC_TRY(run(graph, test.inputs));
  TINYC_TRY(run_passes(graph, "canonicalize"));
  const CompiledModel model = TINYC_TRY(lower(std::move(graph), {}));
  for (const CompiledLayer& layer : model.layers)
    for (const KernelCall& call : layer.calls) test.kernels.push_back(call.kernel);
  test.arena_bytes = model.arena.peak.count;
  EmitOptions options;
  options.prefix = test.prefix;
  options.selftest_inputs = {test.inputs};
  test.files = TINYC_TRY(emit_c(model, options));
  return {};
}

// Compiles cases into one shared object; what the compiler says.
std::string compile(const fs::path& folder, const std::vector<Case*>& cases, const std::string& object) {
  std::string text;
  for (const Case* test : cases) {
    for (const char* suffix : {".h", ".c", "_weights.c"}) {
      const std::string name = test->prefix + suffix;
      if (const Status written = write_file((folder / name).string(), test->files.at(name)); !written.ok())
        return written.error().to_string();
    }
    text += "#include \"" + test->prefix + ".c\"\n#include \"" + test->prefix + "_weights.c\"\n";
  }
  if (const Status written = write_file((folder / (object + ".c")).string(), text); !written.ok())
    return written.error().to_string();
  std::vector<std::string> arguments{"cc", "-std=c99", "-O1", "-shared", "-fPIC", "-I.", object + ".c", "-o", object + ".so", "-lm"};
  for (const char* flag : {"-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Wdouble-promotion", "-Werror"})
    arguments.emplace_back(flag);
  const auto result = run_subprocess({.arguments = arguments, .directory = folder});
  return result.ok() ? result->ok() ? "" : result->errors : result.error().to_string();
}

// Compiles all cases, in as many threads as there are processors. Where a batch does not compile, its cases are tried alone.
void compile_all(const fs::path& folder, std::vector<Case*>& cases) {
  std::vector<std::vector<Case*>> batches;
  for (std::size_t i = 0; i < cases.size(); i += cases_at_once)
    batches.emplace_back(cases.begin() + static_cast<std::ptrdiff_t>(i),
                         cases.begin() + static_cast<std::ptrdiff_t>(std::min(i + cases_at_once, cases.size())));
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < batches.size(); i = next++) {
      const std::string object = "batch" + std::to_string(i);
      const bool together = compile(folder, batches[i], object).empty();
      for (Case* test : batches[i]) {
        const std::string errors = together ? "" : compile(folder, {test}, test->prefix + "_alone");
        test->state = errors.empty() ? (folder / (together ? object : test->prefix + "_alone")).string() + ".so" : "does not compile: " + errors;
      }
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < std::max(1u, std::thread::hardware_concurrency()); ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
}

std::string difference(const Tensor& expected, std::span<const std::byte> bytes) {
  Tensor got(expected.dtype(), expected.shape());
  if (!bytes.empty()) std::memcpy(got.mutable_bytes().data(), bytes.data(), bytes.size());
  if (expected.dtype() != DType::f32)
    return got == expected ? "" : "integers differ";
  for (std::size_t i = 0; i < got.data<float>().size(); ++i) {
    const float want = expected.data<float>()[i], have = got.data<float>()[i];
    const bool same = want == have || (std::isnan(want) && std::isnan(have));
    const double allowed = tolerance + tolerance * std::fabs(static_cast<double>(want));
    if (!same && !(std::fabs(static_cast<double>(want) - static_cast<double>(have)) <= allowed))
      return "element " + std::to_string(i) + " is " + shortest(have) + " and not " + shortest(want);
  }
  return {};
}

// Calls PREFIX_run of the shared object.
std::string run_case(const Case& test, void* object) {
  using Run = int (*)(void* arena, const void* input, void* output);
  Run function = nullptr;
  void* const symbol = dlsym(object, (test.prefix + "_run").c_str());
  if (!symbol) return "has no " + test.prefix + "_run";
  std::memcpy(&function, &symbol, sizeof function);
  std::vector<std::uint64_t> arena(static_cast<std::size_t>(test.arena_bytes / 8 + 4), 0x5a5a5a5a5a5a5a5au);
  std::vector<std::vector<std::uint64_t>> buffers;
  std::vector<const void*> inputs;
  std::vector<void*> outputs;
  static constexpr std::byte nothing{};  // what is empty has an address, too
  for (const Tensor& input : test.inputs) inputs.push_back(input.elements() == 0 ? &nothing : input.bytes().data());
  inputs.reserve(1);
  for (const Tensor& output : test.expected) {
    buffers.emplace_back(output.bytes().size() / 8 + 1 + guard_bytes / 8, 0x5a5a5a5a5a5a5a5au);
    outputs.push_back(buffers.back().data());
  }
  const int status = function(arena.data(), inputs.size() == 1 ? inputs[0] : static_cast<const void*>(inputs.data()),
                              outputs.size() == 1 ? outputs[0] : static_cast<void*>(outputs.data()));
  if (status != 0) return "returns " + std::to_string(status);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto all = std::as_bytes(std::span(buffers[i]));
    const std::size_t size = test.expected[i].bytes().size();
    for (const std::byte byte : all.subspan(size))
      if (byte != std::byte{0x5a}) return "writes behind an output";
    if (std::string wrong = difference(test.expected[i], all.first(size)); !wrong.empty())
      return "output " + std::to_string(i) + ": " + wrong;
  }
  return {};
}

// The cases that the interpreter passes, but for "real": large networks without their weights.
std::vector<Case> emitted_cases() {
  std::vector<Case> cases;
  const auto manifest = read_file(manifest_path.string());
  if (!manifest.ok()) FAIL(manifest.error().to_string());
  for (const auto& [name, way] : parse_manifest(*manifest)) {
    if (!way.starts_with("pass") || name.starts_with("real/")) continue;
    Case& test = cases.emplace_back();
    test.name = name;
    test.prefix = "c" + std::to_string(cases.size());
    try {
      if (const Status emitted = emit(test, way); !emitted.ok()) test.state = reason(emitted.error());
    } catch (const InternalError& defect) {
      test.state = std::string("defect ") + defect.what();
    }
    std::ranges::replace(test.state, '\n', ' ');
  }
  return cases;
}

TEST_CASE("the ONNX backend suite as float C is as its manifest says", "[float-c]") {
  if (!fs::is_directory(suite) || !find_program("cc")) {
    WARN("skipped: libonnx-testdata or a C compiler is not installed");
    return;
  }
  std::vector<Case> cases = emitted_cases();
  const auto folder = TemporaryDirectory::make();
  REQUIRE(folder.ok());
  std::vector<Case*> compiled;
  std::vector<std::string> kernels;
  for (Case& test : cases) {
    if (!test.state.empty()) continue;
    compiled.push_back(&test);
    kernels.insert(kernels.end(), test.kernels.begin(), test.kernels.end());
  }
  REQUIRE(write_file((folder->path() / "tinyc_runtime.h").string(), runtime_header(kernels)).ok());
  compile_all(folder->path(), compiled);
  for (Case* test : compiled) {
    if (!test->state.ends_with(".so")) continue;
    void* const object = dlopen(test->state.c_str(), RTLD_NOW);
    INFO(test->name);
    REQUIRE(object != nullptr);
    const std::string wrong = run_case(*test, object);
    test->state = wrong.empty() ? "C" : "wrong: " + wrong;
  }

  std::string text(heading);
  for (const Case& test : cases) {
    INFO(test.name << ": " << test.state);
    CHECK((test.state == "C" || test.state.starts_with("no C: TC3")));
    text += test.name + " " + test.state + "\n";
  }
  if (std::getenv("TINYC_UPDATE_MANIFEST")) {
    REQUIRE(write_file(float_manifest_path.string(), text).ok());
    return;
  }
  const auto manifest = read_file(float_manifest_path.string());
  REQUIRE(manifest.ok());
  const auto states = parse_manifest(text), expected = parse_manifest(*manifest);
  for (const auto& [name, state] : expected) {
    INFO(name << " became C before");
    if (state == "C") CHECK((states.contains(name) && states.at(name) == "C"));
  }
  if (states != expected) WARN("testdata/float_c_manifest.txt is not up to date: run scripts/update_onnx_manifest");
}

}  // namespace
}  // namespace tinyc
