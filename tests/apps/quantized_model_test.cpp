// A model that is quantized already, through the command line: one that the program itself wrote.

#include "formats/json/json.h"
#include "tests/apps/cli.h"

using namespace tinyc;
using namespace tinyc::test;
using Catch::Contains;

namespace {

const std::string calib_x = source_path("testdata/digits/calib_x.npy");
const std::string eval_x = source_path("testdata/digits/eval_x.npy");

SubprocessResult run_ok(const std::filesystem::path& folder, std::vector<std::string> arguments) {
  auto result = cli(folder, std::move(arguments));
  INFO(result.errors);
  REQUIRE(result.exit_code == 0);
  return result;
}

}  // namespace

TEST_CASE("a quantized model keeps its integers, and needs no calibration data", "[cli][compress]") {
  const auto folder = scratch();
  const auto digits = source_path("testdata/digits/digits.onnx");
  run_ok(folder.path(), {"compress", digits, "--calib", calib_x, "--save-onnx", "q.onnx", "-o", "first"});
  const auto again = run_ok(folder.path(), {"compress", "q.onnx", "-o", "again"});
  CHECK_THAT(again.errors, !Contains("NO CALIBRATION DATA"));
  const std::string text = *read_file((folder.path() / "again" / "report.json").string());
  const auto report = parse_json(text, "report.json");
  REQUIRE(report.ok());
  CHECK(*report->find("calibration")->find("samples")->get<std::int64_t>() == 0);
  for (const std::string name : {"first", "again"})
    run_ok(folder.path(), {"run", name, "--as", "c", "--input", eval_x, "--output", name + ".npy"});
  CHECK(*read_file((folder.path() / "first.npy").string()) == *read_file((folder.path() / "again.npy").string()));
}

TEST_CASE("--requantize calibrates a quantized model anew", "[cli][compress]") {
  const auto folder = scratch();
  const auto digits = source_path("testdata/digits/digits.onnx");
  run_ok(folder.path(), {"compress", digits, "--calib", calib_x, "--save-onnx", "q.onnx", "-o", "first"});
  CHECK_THAT(run_ok(folder.path(), {"compress", "q.onnx", "--print-pipeline"}).output,
             Contains("adopt-quantization, "));
  CHECK_THAT(run_ok(folder.path(), {"compress", "q.onnx", "--requantize", "--print-pipeline"}).output,
             Contains("adopt-quantization{discard=1}"));
  CHECK_THAT(run_ok(folder.path(), {"compress", "q.onnx", "--requantize", "-o", "blind"}).errors,
             Contains("NO CALIBRATION DATA"));
  CHECK_THAT(run_ok(folder.path(), {"compress", "q.onnx", "--requantize", "--calib", calib_x, "-o", "anew"}).errors,
             !Contains("NO CALIBRATION DATA"));
  const auto clash = cli(folder.path(), {"compress", "q.onnx", "--requantize", "--pipeline", "canonicalize"});
  CHECK(clash.exit_code == 5);
  CHECK_THAT(clash.errors, Contains("discard=1"));
}
