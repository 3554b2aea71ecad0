// The command line itself: help, usage errors, exit codes.

#include "tests/apps/cli.h"

using namespace tinyc;
using namespace tinyc::test;
using Catch::Contains;

TEST_CASE("help says what it said", "[cli]") {
  const auto folder = scratch();
  std::string help = cli(folder.path(), {"--help"}).output;
  for (const char* command : {"compress", "inspect", "run", "eval", "distill", "verify", "estimate", "check", "calibrate", "passes",
                              "ops", "targets"}) {
    const auto result = cli(folder.path(), {command, "--help"});
    CHECK(result.exit_code == 0);
    CHECK_THAT(result.output, Contains("Example"));
    help += std::string("\n$ tinyc ") + command + " --help\n" + result.output;
  }
  const auto golden = read_file(source_path("tests/apps/help.txt"));
  REQUIRE(golden.ok());
  INFO("actual:\n" << help);
  CHECK((help == *golden));
}

TEST_CASE("a wrong command line ends with exit code 5 and a hint", "[cli]") {
  struct Case {
    std::vector<std::string> arguments;
    std::string hint;
  };
  const std::string model = source_path("testdata/digits/digits.onnx");
  const auto folder = scratch();
  const std::vector<Case> cases{
      {{}, "tinyc --help"},
      {{"compres", model}, "did you mean compress?"},
      {{"compress"}, "model is required"},
      {{"compress", model, "--tagret", "cortex-m4"}, "did you mean --target?"},
      {{"compress", model, "--target", "cortexm4"}, "did you mean cortex-m4"},
      {{"compress", model, "--prune", "1"}, "--prune 1: not a share"},
      {{"compress", model, "--prune", "half"}, "--prune"},
      {{"compress", model, "--int8", "--float"}, "--float"},
      {{"compress", model, "--dump-after", "fold-batchnorm"}, "did you mean fold-batch-norm?"},
      {{"compress", model, "--name", "1st"}, "--name _1st"},
      {{"compress", model, "--pipeline", "canonicalise"}, "did you mean 'canonicalize'?"},
      {{"compress", model, "--pipeline", "quantize, prune"}, "quantize"},
      {{"compress", model, "--scale", "x"}, "1/255"},
      {{"inspect", model, "--dim", "batch"}, "--dim batch=1"},
      {{"run", model, "--input", "x.npy"}, "--output is required"},
      {{"eval", model, "--data", "x.npy"}, "--labels or --reference"},
      {{"run", model, "--input", "x.npy", "--output", "y.npy", "--as", "double"}, "--as"},
  };
  for (const Case& wrong : cases) {
    const auto result = cli(folder.path(), wrong.arguments);
    INFO(result.errors);
    CHECK(result.exit_code == 5);
    CHECK(result.output.empty());
    CHECK_THAT(result.errors, Contains(wrong.hint) && Contains("TC5"));
  }
  CHECK(files_in(folder.path()).empty());
}

TEST_CASE("one precision at a time", "[cli]") {
  const auto folder = scratch();
  const auto result = cli(folder.path(), {"compress", source_path("testdata/digits/digits.onnx"), "--int4w", "--float"});
  CHECK(result.exit_code == 5);
  CHECK_THAT(result.errors, Contains("--int4w") && Contains("choose one"));
}

TEST_CASE("version and lists go to stdout", "[cli]") {
  const auto folder = scratch();
  CHECK_THAT(cli(folder.path(), {"--version"}).output, Contains("tinyc 0.1.0"));
  CHECK_THAT(cli(folder.path(), {"passes"}).output, Contains("fold-batch-norm") && Contains("quantize"));
  CHECK_THAT(cli(folder.path(), {"targets"}).output, Contains("cortex-m0plus") && Contains("stm32l4r5"));
  CHECK_THAT(cli(folder.path(), {"targets", "rp2040"}).output, Contains("unknown") && Contains("cortex-m0plus"));
}

TEST_CASE("a full disk or closed pipe behind stdout is an error, not a signal", "[cli]") {
  const auto folder = scratch();
  const auto full = run_subprocess({.arguments = {"sh", "-c", std::string(TINYC_BINARY) + " targets > /dev/full"}});
  REQUIRE(full.ok());
  CHECK(full->exit_code == 6);
  const std::string script = "(sleep 0.2; " + std::string(TINYC_BINARY) + " targets; echo $? >&2) | true";
  const auto closed = run_subprocess({.arguments = {"sh", "-c", script}});
  REQUIRE(closed.ok());
  CHECK_THAT(closed->errors, Contains("6"));
}
