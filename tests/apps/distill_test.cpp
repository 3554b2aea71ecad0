#include <catch2/catch.hpp>

#include "tests/apps/cli.h"

using namespace tinyc::test;
using Catch::Matchers::Contains;

namespace {

const std::string digits = source_path("testdata/digits/digits.onnx");
const std::string calibration = source_path("testdata/digits/calib_x.npy");
const std::string samples = source_path("testdata/digits/eval_x.npy"), labels = source_path("testdata/digits/eval_y.npy");

}  // namespace

TEST_CASE("a pruned digits model learns from the whole one, as ONNX") {
  const auto folder = scratch();
  REQUIRE(cli(folder.path(), {"compress", digits, "--float", "--pipeline", "canonicalize, prune{ratio=0.2}", "--save-onnx", "pruned.onnx"})
              .exit_code == 0);
  const auto result = cli(folder.path(), {"distill", "pruned.onnx", "--teacher", digits, "--data", calibration, "--eval-data", samples,
                                          "--labels", labels, "--epochs", "6", "-o", "better.onnx"});
  INFO(result.output << result.errors);
  REQUIRE(result.exit_code == 0);
  CHECK_THAT(result.output, Contains("agreement with teacher") && Contains("top-1 accuracy") && Contains("the best was epoch"));
  CHECK_THAT(result.output, Contains("teacher's top-1           99.20 %"));
  const auto again = cli(folder.path(), {"distill", "pruned.onnx", "--teacher", digits, "--data", calibration, "--threads", "1",
                                         "--epochs", "6", "-o", "again.onnx"});
  REQUIRE(again.exit_code == 0);
  const auto first = tinyc::read_file((folder.path() / "better.onnx").string());
  const auto second = tinyc::read_file((folder.path() / "again.onnx").string());
  REQUIRE(first.ok());
  CHECK(*first == *second);
}

TEST_CASE("a teacher that does not fit and a file in the way are refused") {
  const auto folder = scratch();
  const auto other = cli(folder.path(), {"distill", digits, "--teacher", source_path("testdata/digits1d/digits1d.onnx"), "--data",
                                         calibration, "-o", "better.onnx"});
  CHECK(other.exit_code == 6);
  CHECK_THAT(other.errors, Contains("TC6070"));
  CHECK(files_in(folder.path()).empty());
}

TEST_CASE("compress teaches what it prunes, and gates stop what is not good enough") {
  const auto folder = scratch();
  const std::vector<std::string> command{"compress", digits, "--calib", calibration, "--prune", "0.1", "--eval-data", samples, "-o", "out"};
  const auto with = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = command;
    arguments.insert(arguments.end(), more.begin(), more.end());
    return cli(folder.path(), arguments);
  };
  const auto missed = with({"--distill", "1", "--labels", labels, "--max-accuracy-drop", "0", "--min-agreement", "100"});
  CHECK(missed.exit_code == 2);
  CHECK_THAT(missed.errors, Contains("TC2030") && Contains("TC2031") && Contains("from 99.20 % (496 of 500)"));
  CHECK(files_in(folder.path()).empty());

  CHECK(with({"--max-accuracy-drop", "1"}).exit_code == 5);
  CHECK(with({"--min-agreement", "101"}).exit_code == 5);
  CHECK(with({"--labels", calibration}).exit_code == 6);

  const auto met = with({"--distill", "2", "--labels", labels, "--max-accuracy-drop", "99"});
  INFO(met.errors);
  REQUIRE(met.exit_code == 0);
  const std::string report = files_in(folder.path() / "out").at("report.json");
  CHECK_THAT(report, Contains("\"pass\": \"distill\"") && Contains("\"pass\": \"quality\"") && Contains("reference_top1"));
  const auto without = with({"--no-distill", "--min-agreement", "1"});
  REQUIRE(without.exit_code == 0);
  CHECK_THAT(files_in(folder.path() / "out").at("report.json"), !Contains("\"pass\": \"distill\""));
}

TEST_CASE("eval: intervals next to a reference, and what only autoencoders have") {
  const auto folder = scratch();
  const auto result = cli(folder.path(), {"eval", digits, "--data", samples, "--labels", labels, "--reference", digits});
  CHECK(result.exit_code == 0);
  CHECK_THAT(result.output, Contains("top-5 accuracy") && Contains("+0.00 points") && Contains("95 % interval"));
  const auto refused = cli(folder.path(), {"eval", digits, "--data", samples, "--metric", "mse"});
  CHECK(refused.exit_code == 6);
  CHECK_THAT(refused.errors, Contains("TC6045"));
  CHECK(cli(folder.path(), {"eval", digits, "--data", samples, "--metric", "anomaly-auc"}).exit_code == 5);
}
