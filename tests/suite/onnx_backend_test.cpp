// Every case of the ONNX backend suite (Debian's libonnx-testdata) through import and the float interpreter, also after
// canonicalization, and once more after the canonical graph was written as ONNX and read again; held against a committed manifest. scripts/update_onnx_manifest rewrites it.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <map>

#include "formats/onnx/reader.h"
#include "formats/onnx/writer.h"
#include "lib/exec/interpreter.h"
#include "lib/ir/text_format.h"
#include "lib/ir/verifier.h"
#include "lib/ops/ops.h"
#include "lib/support/check.h"
#include "lib/support/files.h"
#include "lib/support/text.h"
#include "tests/passes/pass_fixture.h"
#include "tests/suite/onnx_suite.h"

namespace tinyc {
namespace {

constexpr std::string_view manifest_heading =
    "# Every case of the ONNX backend suite (libonnx-testdata 1.12) through import and the float interpreter.\n"
    "# Floating point of any width is computed and compared as f32.\n"
    "# pass            as it is\n"
    "# pass bound      integer and boolean inputs (shapes, axes, ...) given as constants\n"
    "# pass constants  all inputs but the first given as constants (weights, bounds, ...)\n"
    "# refused         with the diagnostic that says why\n"
    "# Written by scripts/update_onnx_manifest.\n";
constexpr double relative_tolerance = 1e-3, absolute_tolerance = 1e-5;

std::string compare(const Tensor& expected, const Tensor& actual) {
  if (expected.shape() != actual.shape()) return "shape " + actual.shape().to_string() + " for " + expected.shape().to_string();
  if (expected.dtype() != actual.dtype())
    return std::string(to_string(actual.dtype())) + " for " + std::string(to_string(expected.dtype()));
  const std::vector<double> want = expected.to_doubles(), have = actual.to_doubles();
  for (std::size_t i = 0; i < want.size(); ++i) {
    const bool same = want[i] == have[i] || (std::isnan(want[i]) && std::isnan(have[i]));
    const double tolerance = is_float(expected.dtype()) ? absolute_tolerance + relative_tolerance * std::fabs(want[i]) : 0;
    if (!same && !(std::fabs(want[i] - have[i]) <= tolerance)) return shortest(have[i]) + " for " + shortest(want[i]);
  }
  return {};
}

std::string refusal(const Error& error) {
  const Diagnostic& first = error.diagnostics().front();
  return "refused " + first.id + " " + first.message;
}

// "" when the graph computes what is expected, else what is wrong.
std::string check_outputs(const Graph& graph, const Data& data, const fs::path& folder) {
  std::vector<Tensor> inputs;
  for (const ValueId id : graph.inputs()) {
    const Value& input = graph.value(id);
    const auto given = std::ranges::find(data, input.name(), &Data::value_type::first);
    if (given == data.end()) return "broken: no data for " + input.name();
    inputs.push_back(given->second.cast(input.type().dtype));
  }
  const auto outputs = run(graph, inputs);
  if (!outputs.ok()) return refusal(outputs.error());
  for (std::size_t i = 0; i < outputs->size(); ++i) {
    const auto expected = read_pb(folder / ("output_" + std::to_string(i) + ".pb"));
    if (!expected.ok()) return "refused " + expected.error().diagnostics().front().id + " expected output of another kind than a tensor";
    const Tensor wanted = is_float(expected->dtype()) ? expected->cast(DType::f32) : *expected;
    if (const std::string difference = compare(wanted, (*outputs)[i]); !difference.empty())
      return "wrong output " + std::to_string(i) + ": " + difference;
  }
  return {};
}

// The graph written as ONNX and read again computes the same.
std::string check_export(const Graph& graph, const Data& data, const fs::path& folder) {
  const auto bytes = write_onnx(graph);
  if (!bytes.ok()) return bytes.error().diagnostics().front().id == "TC3110" ? "" : "export: " + bytes.error().to_string();
  if (const char* keep = std::getenv("TINYC_KEEP_EXPORTS")) {
    const fs::path path = fs::path(keep) / (fs::relative(folder.parent_path(), suite).string() + ".onnx");
    if (const Status written = write_file(path.string(), *bytes); !written.ok()) return "export: " + written.error().to_string();
  }
  const auto again = read_onnx_bytes(*bytes, folder);
  if (!again.ok()) return "export: " + again.error().to_string();
  const std::string wrong = check_outputs(*again, data, folder);
  return wrong.empty() ? "" : "export: " + wrong;
}

// The graph as imported, and in canonical form.
std::string run_case(const Graph& graph, const Data& data, const fs::path& folder) {
  if (const Status valid = verify(graph); !valid.ok()) return "broken " + valid.error().to_string();
  const std::string text = print(graph);
  const auto again = parse_graph(text, all_ops());
  if (!again.ok()) return "broken " + again.error().to_string();
  if (print(*again) != text) return "broken: the printed graph changes when it is parsed";

  if (std::string wrong = check_outputs(graph, data, folder); !wrong.empty()) return wrong;
  Graph canonical = graph;
  if (const Status status = run_passes(canonical, "canonicalize"); !status.ok())
    return "broken when made canonical: " + status.error().to_string();
  const std::string wrong = check_outputs(canonical, data, folder);
  return wrong.empty() ? check_export(canonical, data, folder) : "canonical: " + wrong;
}

std::string state_of(const fs::path& folder) {
  if (folder.filename().string().find("BFLOAT16") != std::string::npos)
    return "refused data: the suite stores its bfloat16 tensors as uint16";
  const auto bytes = read_file((folder / "model.onnx").string());
  if (!bytes.ok()) return refusal(bytes.error());
  const auto data = read_inputs(folder / "test_data_set_0", *bytes);
  const auto attempt = [&](const std::map<std::string, Tensor>& bind) {
    const auto graph = read_onnx_bytes(*bytes, folder, {.bind = bind});
    if (!graph.ok()) return refusal(graph.error());
    if (!data.ok()) return refusal(data.error());
    return run_case(*graph, *data, folder / "test_data_set_0");
  };
  std::string plain = attempt({});
  if (plain.empty()) return "pass";
  if (!plain.starts_with("refused") || !data.ok()) return plain;
  for (const char* way : {"pass bound", "pass constants"}) {
    const auto bound = bound_inputs(*data, way);
    if (bound.empty()) continue;
    const std::string state = attempt(bound);
    if (!state.starts_with("refused")) return state.empty() ? way : state;
  }
  return plain;
}

std::map<std::string, std::string> run_suite() {
  std::map<std::string, std::string> states;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(suite)) {
    if (entry.path().filename() != "model.onnx") continue;
    const fs::path folder = entry.path().parent_path();
    std::string state;
    try {
      state = state_of(folder);
    } catch (const InternalError& defect) {
      state = std::string("defect ") + defect.what();
    }
    std::ranges::replace(state, '\n', ' ');
    states[fs::relative(folder, suite).string()] = state;
  }
  return states;
}

TEST_CASE("the ONNX backend suite is as its manifest says", "[onnx-backend]") {
  if (!fs::is_directory(suite)) {
    WARN("skipped: libonnx-testdata is not installed");
    return;
  }
  const auto states = run_suite();
  for (const auto& [name, state] : states) {
    INFO(name << ": " << state);
    CHECK((state.starts_with("pass") || state.starts_with("refused TC3") || state.starts_with("refused TC8") ||
           state.starts_with("refused data")));
  }
  if (std::getenv("TINYC_UPDATE_MANIFEST")) {
    std::string text(manifest_heading);
    for (const auto& [name, state] : states) text += name + " " + state + "\n";
    REQUIRE(write_file(manifest_path.string(), text).ok());
    return;
  }
  const auto manifest = read_file(manifest_path.string());
  REQUIRE(manifest.ok());
  const auto expected = parse_manifest(*manifest);
  for (const auto& [name, state] : states) {
    const auto at = expected.find(name);
    INFO(name << " is not as the manifest says; if that is meant, run scripts/update_onnx_manifest");
    CHECK((at == expected.end() ? "not in the manifest" : at->second) == state);
  }
  for (const auto& [name, state] : expected) {
    INFO(name << " is in the manifest but not in the suite");
    CHECK(states.contains(name));
  }
}

}  // namespace
}  // namespace tinyc
