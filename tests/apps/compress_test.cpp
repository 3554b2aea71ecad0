// From the shipped models to their C, through the command line.

#include <functional>

#include "formats/json/json.h"
#include "formats/npy/npy.h"
#include "tests/apps/cli.h"

using namespace tinyc;
using namespace tinyc::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

const std::string digits = source_path("testdata/digits/digits.onnx");
const std::string digits1d = source_path("testdata/digits1d/digits1d.onnx");
const std::string calib_x = source_path("testdata/digits/calib_x.npy");
const std::string eval_x = source_path("testdata/digits/eval_x.npy");
const std::string eval_y = source_path("testdata/digits/eval_y.npy");

SubprocessResult compress(const fs::path& folder, const std::string& model, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments{"compress", model, "--calib", calib_x};
  arguments.insert(arguments.end(), more.begin(), more.end());
  auto result = cli(folder, std::move(arguments));
  INFO(result.errors);
  REQUIRE(result.exit_code == 0);
  return result;
}

Document json_file(const fs::path& path) {
  auto document = parse_json(*read_file(path.string()), path.string());
  REQUIRE(document.ok());
  return std::move(document).value();
}

double accuracy(const fs::path& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--data", eval_x, "--labels", eval_y, "--json"});
  const auto result = cli(folder, std::move(arguments));
  INFO(result.errors);
  REQUIRE(result.exit_code == 0);
  const auto document = parse_json(result.output, "eval");
  REQUIRE(document.ok());
  return *document->find("top1")->find("fraction")->get<double>();
}

}  // namespace

TEST_CASE("compress writes every promised file, by default into ./PREFIX", "[cli][compress]") {
  const auto folder = scratch();
  compress(folder.path(), digits);
  std::vector<std::string> names;
  for (const auto& [name, bytes] : files_in(folder.path() / "digits")) names.push_back(name);
  CHECK(names == std::vector<std::string>{"arena.svg", "digits.c", "digits.h", "digits.tinyc", "digits_benchmark.c", "digits_selftest.c",
                                          "digits_weights.c", "report.json", "report.md", "tinyc_runtime.h"});
  const Document report = json_file(folder.path() / "digits" / "report.json");
  CHECK(*report.find("schema_version")->get<std::int64_t>() == 1);
  CHECK(*report.find("totals")->find("arena_bytes")->get<std::int64_t>() > 0);
  CHECK(report.find("warnings")->get<Document::Array>()->empty());
  CHECK(*report.find("estimate")->find("calibrated")->get<bool>());
  CHECK(*report.find("estimate")->find("cycles")->get<double>() > 1e5);
}

TEST_CASE("every member of the report is documented", "[cli][compress]") {
  const auto folder = scratch();
  compress(folder.path(), digits, {"--prune", "0.5", "--keep-float", "conv2"});
  const std::string documentation = *read_file(source_path("docs/report.md"));
  const std::function<void(const Document&)> check = [&](const Document& document) {
    if (const auto* items = document.get<Document::Array>())
      for (const Document& item : *items) check(item);
    if (const auto* members = document.get<Document::Object>()) {
      for (const auto& [key, member] : *members) {
        INFO(key);
        CHECK(documentation.find("`" + key + "`") != documentation.npos);
        if (key != "facts") check(member);
      }
    }
  };
  check(json_file(folder.path() / "digits" / "report.json"));
}

TEST_CASE("verify says identical, measures on a core, and knows a changed table", "[cli][verify]") {
  const auto folder = scratch();
  compress(folder.path(), digits, {"-o", "out"});
  const auto good = cli(folder.path(), {"verify", "out", "--on", "host,cortex-m0plus,cortex-m4", "--json"});
  INFO(good.output << good.errors);
  CHECK(good.exit_code == 0);
  const auto document = parse_json(good.output, "verify");
  REQUIRE(document.ok());
  const auto& cores = *document->find("cores")->get<Document::Array>();
  REQUIRE(cores.size() == 3);
  for (const Document& core : cores) {
    CHECK(*core.find("verdict")->get<std::string>() == "identical");
    CHECK(*core.find("samples")->get<std::int64_t>() == 16);
  }
  for (std::size_t i = 1; i < 3; ++i) {
    CHECK(*cores[i].find("flash_bytes")->get<std::int64_t>() > 8000);
    CHECK(*cores[i].find("stack_bytes")->get<std::int64_t>() > 0);
    CHECK(*cores[i].find("ram_bytes")->get<std::int64_t>() > *cores[i].find("arena_bytes")->get<std::int64_t>());
  }
  CHECK_THAT(*cores[1].find("note")->get<std::string>(), Contains("unaligned"));

  CHECK(cli(folder.path(), {"verify", "out", "--input", eval_x}).exit_code == 0);
  CHECK(cli(folder.path(), {"verify", "out", "--on", "cortex-m5"}).exit_code == 5);

  const fs::path weights = folder.path() / "out/digits_weights.c";
  std::string text = *read_file(weights.string());
  const auto table = text.find(" = {", text.find("_weights["));
  REQUIRE(table != text.npos);
  for (auto at = table; text[at] != '}'; ++at)
    if (text[at] >= '1' && text[at] <= '9') text[at] = '0';
  REQUIRE(write_file(weights.string(), text).ok());
  const auto bad = cli(folder.path(), {"verify", "out"});
  INFO(bad.output);
  CHECK(bad.exit_code == 7);
  CHECK_THAT(bad.output, Contains("different"));

  for (const char* name : {"digits.c", "digits.h", "digits_weights.c", "digits_selftest.c", "tinyc_runtime.h"})
    fs::remove(folder.path() / "out" / name);
  const auto bare = cli(folder.path(), {"verify", "out"});
  CHECK(bare.exit_code == 0);
  CHECK_THAT(bare.errors, Contains("digits.c is not there"));
}

TEST_CASE("layers kept in float are islands with a price, and the C agrees within a step", "[cli][compress][verify]") {
  const auto folder = scratch();
  const auto made = cli(folder.path(), {"compress", digits, "--calib", calib_x, "--keep-float", "conv2", "--keep-float", "f?",
                                        "-o", "out"});
  INFO(made.errors);
  REQUIRE(made.exit_code == 0);
  CHECK_THAT(made.errors, Contains("3 of 8 layers run in float, 31.7 % of the multiply-accumulates: conv2, fc, softmax"));
  const Document report = json_file(folder.path() / "out" / "report.json");
  const auto& islands = *report.find("float_islands")->get<Document::Array>();
  REQUIRE(islands.size() == 2);
  CHECK(*islands[0].find("macs")->get<std::int64_t>() == 41472);
  CHECK(*islands[0].find("parameter_bytes")->get<std::int64_t>() == 4 * (24 * 9 * 12 + 24));
  CHECK(*islands[0].find("conversions")->get<std::int64_t>() == 2);
  CHECK(*islands[0].find("converted_elements")->get<std::int64_t>() == 4 * 4 * 12 + 4 * 4 * 24);
  const Document& layer = islands[1].find("layers")->get<Document::Array>()->at(0);
  CHECK(*layer.find("name")->get<std::string>() == "fc");
  CHECK(*layer.find("reason")->get<std::string>() == "--keep-float f?");
  CHECK_THAT(*read_file((folder.path() / "out/report.md").string()), Contains("## Float islands"));
  CHECK_THAT(cli(folder.path(), {"inspect", "out"}).output, Contains("Float islands:"));

  const auto verified = cli(folder.path(), {"verify", "out", "--on", "host,cortex-m4"});
  INFO(verified.output << verified.errors);
  CHECK(verified.exit_code == 0);
  REQUIRE(write_file((folder.path() / "out/main.c").string(), "#include \"digits.h\"\n"
                     "static uint64_t arena[(DIGITS_ARENA_BYTES + 7) / 8];\n"
                     "int main(void) { return digits_selftest(arena); }\n").ok());
  const auto run = run_subprocess({.arguments = {"sh", "-c", "cc -std=c99 -Wall -Wextra -Wconversion -Wshadow "
                                                              "-Wpedantic -Werror *.c -lm -o all && ./all"},
                                   .directory = folder.path() / "out"});
  REQUIRE(run.ok());
  INFO(run->errors);
  CHECK(run->exit_code == 0);

  const auto unknown = cli(folder.path(), {"compress", digits, "--calib", calib_x, "--keep-float", "conf2"});
  CHECK(unknown.exit_code == 5);
  CHECK_THAT(unknown.errors, Contains("TC5042") && Contains("did you mean 'conv2'"));
}

TEST_CASE("the same command writes the same bytes, whatever the thread count", "[cli][compress]") {
  const auto first = scratch(), second = scratch();
  compress(first.path(), digits, {"--prune", "0.5", "--threads", "1"});
  compress(second.path(), digits, {"--prune", "0.5", "--threads", "4"});
  const auto files = files_in(first.path() / "digits");
  CHECK((files == files_in(second.path() / "digits")));
  compress(first.path(), digits, {"--prune", "0.5"});  // over its own files
  CHECK((files == files_in(first.path() / "digits")));
  for (const auto& [name, bytes] : files) {
    INFO(name);
    CHECK(bytes.find(first.path().string()) == bytes.npos);
    CHECK(bytes.find(TINYC_SOURCE_DIR) == bytes.npos);
  }
}

TEST_CASE("int8 keeps the accuracy of the shipped models, and a folder needs only its .tinyc", "[cli][compress]") {
  for (const auto& [model, name, bar] : {std::tuple{digits, "digits", 0.98}, std::tuple{digits1d, "digits1d", 0.96}}) {
    const auto folder = scratch();
    CHECK(accuracy(folder.path(), {"eval", model}) >= bar);
    compress(folder.path(), model, {"-o", "full"});
    fs::create_directory(folder.path() / "bare");
    fs::copy(folder.path() / "full" / (std::string(name) + ".tinyc"), folder.path() / "bare");
    const double int8 = accuracy(folder.path(), {"eval", "bare"});
    CHECK(int8 >= bar);
    CHECK(accuracy(folder.path(), {"eval", "bare", "--as", "c"}) == int8);
    CHECK(accuracy(folder.path(), {"eval", model, "--as", "int8", "--calib", calib_x}) == int8);
    const auto wrong = cli(folder.path(), {"eval", "bare", "--as", "float", "--data", eval_x, "--labels", eval_y});
    CHECK(wrong.exit_code == 5);
    CHECK(cli(folder.path(), {"inspect", "bare"}).exit_code == 0);
    CHECK(cli(folder.path(), {"estimate", "bare", "--json"}).exit_code == 0);
  }
}

TEST_CASE("stored values go in and out of the int8 interpreter and of the C alike", "[cli][run]") {
  const auto folder = scratch();
  compress(folder.path(), digits, {"-o", "out"});
  Tensor stored(DType::i8, {2, 1, 8, 8});
  const auto values = stored.mutable_data<std::int8_t>();
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::int8_t>(37 * i);
  REQUIRE(write_file((folder.path() / "stored.npy").string(), print_npy(stored)).ok());
  for (const std::string as : {"int8", "c"}) {
    CHECK(cli(folder.path(), {"run", "out", "--as", as, "--input", eval_x, "--output", as + ".npy"}).exit_code == 0);
    CHECK(cli(folder.path(), {"run", "out", "--as", as, "--stored", "--input", "stored.npy", "--output",
                                             as + "_stored.npy"}).exit_code == 0);
  }
  const auto files = [&](const char* name) { return *read_file((folder.path() / name).string()); };
  CHECK((files("int8.npy") == files("c.npy")));
  CHECK((files("int8_stored.npy") == files("c_stored.npy")));
  CHECK_THAT(files("int8.npy").substr(0, 128), Contains("<f4") && Contains("(500, 10)"));
  CHECK_THAT(files("int8_stored.npy").substr(0, 128), Contains("|i1") && Contains("(2, 10)"));
}

TEST_CASE("without data the scales are synthetic, and log and report say so", "[cli][compress]") {
  const auto folder = scratch();
  const auto result = cli(folder.path(), {"compress", digits});
  CHECK(result.exit_code == 0);
  CHECK_THAT(result.errors, Contains("NO CALIBRATION DATA"));
  const Document report = json_file(folder.path() / "digits" / "report.json");
  CHECK(*report.find("calibration")->find("synthetic")->get<bool>());
  CHECK(report.find("warnings")->get<Document::Array>()->size() == 1);
  CHECK_THAT(*read_file((folder.path() / "digits/report.md").string()), Contains("NO CALIBRATION DATA"));
}

TEST_CASE("a file that tinyc did not write is never touched", "[cli][compress]") {
  const auto folder = scratch();
  fs::create_directory(folder.path() / "out");
  REQUIRE(write_file((folder.path() / "out/digits.c").string(), "int mine;\n").ok());
  const auto refused = cli(folder.path(), {"compress", digits, "--calib", calib_x, "-o", "out"});
  CHECK(refused.exit_code == 6);
  CHECK_THAT(refused.errors, Contains("out/digits.c") && Contains("--name"));
  CHECK(files_in(folder.path() / "out") == std::map<std::string, std::string>{{"digits.c", "int mine;\n"}});
  compress(folder.path(), digits, {"-o", "out", "--name", "other"});
  CHECK(*read_file((folder.path() / "out/digits.c").string()) == "int mine;\n");
}

TEST_CASE("two models share a folder and its runtime", "[cli][compress]") {
  const auto folder = scratch();
  compress(folder.path(), digits, {"-o", "out"});
  compress(folder.path(), digits1d, {"-o", "out"});
  const auto compiled = run_subprocess({.arguments = {"cc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-c", "digits.c",
                                                      "digits1d.c", "digits_weights.c", "digits1d_weights.c"},
                                        .directory = folder.path() / "out"});
  REQUIRE(compiled.ok());
  INFO(compiled->errors);
  CHECK(compiled->exit_code == 0);
  const auto which = cli(folder.path(), {"inspect", "out"});
  CHECK(which.exit_code == 5);
  CHECK_THAT(which.errors, Contains("digits, digits1d") && Contains("--name"));
  CHECK(cli(folder.path(), {"inspect", "out", "--name", "digits1d"}).exit_code == 0);
}

TEST_CASE("the example of the README compiles", "[cli][compress]") {
  const auto folder = scratch();
  compress(folder.path(), digits, {"-o", "out"});
  const std::string readme = *read_file(source_path("README.md"));
  const auto begin = readme.find("```c\n");
  REQUIRE(begin != readme.npos);
  const std::string example = readme.substr(begin + 5, readme.find("```", begin + 5) - begin - 5);
  REQUIRE(write_file((folder.path() / "out/example.c").string(), example).ok());
  for (const char* compiler : {"cc -std=c99", "c++ -x c++ -std=c++11"}) {
    const std::string command = std::string(compiler) + " -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -c example.c";
    const auto compiled = run_subprocess({.arguments = {"sh", "-c", command}, .directory = folder.path() / "out"});
    REQUIRE(compiled.ok());
    INFO(compiled->errors);
    CHECK(compiled->exit_code == 0);
  }
}

TEST_CASE("pruning makes exactly the zeros asked for", "[cli][compress]") {
  const auto folder = scratch();
  compress(folder.path(), digits, {"--prune", "0.5"});
  const Document report = json_file(folder.path() / "digits" / "report.json");
  std::int64_t weights = 0, zeros = 0;
  for (const Document& note : *report.find("passes")->get<Document::Array>()) {
    if (*note.find("pass")->get<std::string>() != "prune" || note.find("layer")->get<std::string>()->empty()) continue;
    weights += *note.find("facts")->find("weights")->get<std::int64_t>();
    zeros += *note.find("facts")->find("zeros")->get<std::int64_t>();
  }
  CHECK(weights > 8000);
  CHECK(zeros == weights / 2);
}

TEST_CASE("the pipeline can be printed, replaced, dumped and timed", "[cli][compress]") {
  const auto folder = scratch();
  const auto printed = cli(folder.path(), {"compress", digits, "--calib", calib_x, "--prune", "0.5", "--print-pipeline"});
  CHECK_THAT(printed.output, Contains("fold-batch-norm") && Contains("prune-second-order{ratio=0.5}") && Contains("quantize"));
  CHECK(fs::is_empty(folder.path()));
  compress(folder.path(), digits, {"-o", "a", "--prune", "0.5"});
  std::string pipeline = printed.output;
  pipeline.erase(pipeline.find_last_not_of('\n') + 1);
  const auto replaced = compress(folder.path(), digits, {"-o", "b", "--pipeline", pipeline, "--dump-after", "calibrate",
                                                         "--time-passes"});
  CHECK((files_in(folder.path() / "a") == files_in(folder.path() / "b")));
  CHECK_THAT(replaced.errors, Contains("after calibrate") && Contains("range(") && Contains("ms"));
}

TEST_CASE("--save-onnx writes the compressed model as ONNX, with everything else or not at all", "[cli][compress]") {
  const auto folder = scratch();
  const fs::path model = folder.path() / "quantized" / "digits.onnx";
  const auto result = compress(folder.path(), digits, {"-o", "out", "--save-onnx", "quantized/digits.onnx"});
  CHECK_THAT(result.output, Contains("wrote quantized/digits.onnx\n"));
  const std::string bytes = *read_file(model.string());
  compress(folder.path(), digits, {"-o", "out", "--save-onnx", "quantized/digits.onnx"});
  CHECK(*read_file(model.string()) == bytes);

  REQUIRE(write_file((folder.path() / "mine.onnx").string(), "mine").ok());
  const auto refused = cli(folder.path(), {"compress", digits, "--calib", calib_x, "-o", "other", "--save-onnx", "mine.onnx"});
  CHECK(refused.exit_code == 6);
  CHECK_THAT(refused.errors, Contains("TC6041"));
  CHECK(*read_file((folder.path() / "mine.onnx").string()) == "mine");
  CHECK_FALSE(fs::exists(folder.path() / "other"));
}
