#include <catch2/catch.hpp>

#include "apps/driver/budgets.h"
#include "formats/json/json.h"
#include "lib/support/subprocess.h"
#include "lib/support/text.h"
#include "tests/apps/cli.h"

using namespace tinyc;
using namespace tinyc::test;

namespace {

const std::string digits = source_path("testdata/digits/digits.onnx");

void put(const std::filesystem::path& path, const std::string& text) { REQUIRE(write_file(path.string(), text).ok()); }

// The commands of the workflow in docs/ci.md, and its budget.
struct Workflow {
  std::vector<std::vector<std::string>> commands;  // arguments of tinyc
  std::string budget;
};

Workflow workflow() {
  const std::string text = *read_file(source_path("docs/ci.md"));
  Workflow found;
  for (const std::string& line : split(text, '\n')) {
    const auto at = line.find("run: tinyc ");
    if (at != line.npos) {
      std::vector<std::string> arguments = split(line.substr(at + 11, line.find(" >>") - at - 11), ' ');
      found.commands.push_back(arguments);
    }
    if (line.starts_with("{\"max_flash\"")) found.budget = line;
  }
  REQUIRE(found.commands.size() == 2);
  REQUIRE_FALSE(found.budget.empty());
  return found;
}

}  // namespace

TEST_CASE("the workflow of docs/ci.md passes, and fails when a budget is missed", "[cli][check]") {
  const Workflow flow = workflow();
  const auto folder = scratch();
  std::filesystem::copy_file(digits, folder.path() / "digits.onnx");
  std::filesystem::copy_file(source_path("testdata/digits/calib_x.npy"), folder.path() / "calib_x.npy");
  put(folder.path() / "budget.json", flow.budget);
  for (const auto& command : flow.commands) {
    const auto result = cli(folder.path(), command);
    INFO(result.errors << result.output);
    CHECK(result.exit_code == 0);
  }
  put(folder.path() / "budget.json", "{\"max_flash\": \"64K\", \"max_cycles\": 1000}");
  const auto missed = cli(folder.path(), flow.commands.back());
  CHECK(missed.exit_code == 2);
  CHECK(missed.output.find("| cycles") != std::string::npos);
  CHECK(missed.output.find("**missed**") != std::string::npos);

  SECTION("a report does not regress against itself, and does against a better one") {
    CHECK(cli(folder.path(), {"check", "out/report.json", "--baseline", "out/report.json", "--max-regress", "0%"}).exit_code == 0);
    put(folder.path() / "old.json",
        "{\"figures\": {\"cycles\": {\"low\": 1, \"expected\": 100, \"high\": 200}, \"ram_bytes\": {\"low\": 1, \"expected\": 1e9, \"high\": 1e9}}}");
    const auto regressed = cli(folder.path(), {"check", "out/report.json", "--baseline", "old.json", "--max-regress", "2%"});
    CHECK(regressed.exit_code == 2);
    CHECK(regressed.output.find("ram_bytes") != std::string::npos);
  }
  SECTION("compress and estimate judge the same budgets") {
    CHECK(cli(folder.path(), {"estimate", "out", "--target", "stm32l476", "--max-latency", "20ms"}).exit_code == 0);
    CHECK(cli(folder.path(), {"estimate", "out", "--target", "stm32l476", "--max-latency", "20us"}).exit_code == 2);
    CHECK(cli(folder.path(), {"compress", "digits.onnx", "--calib", "calib_x.npy", "-o", "again", "--max-ram", "100"}).exit_code == 2);
    CHECK(cli(folder.path(), {"estimate", "out", "--max-latency", "20ms"}).exit_code == 2);  // a bare core has no clock
  }
}

TEST_CASE("bad budgets, boards, measurements and targets get one message each", "[cli][check]") {
  const auto folder = scratch();
  put(folder.path() / "report.json", "{\"figures\": {\"cycles\": {\"low\": 1, \"expected\": 2, \"high\": 3}}}");
  put(folder.path() / "budget.json", "{\"max_cycles\": \"1M\"}");
  put(folder.path() / "unknown.json", "{\"max_speed\": \"1M\"}");
  put(folder.path() / "unit.json", R"({"name": "x", "core": "cortex-m4", "figures": {"clock": 80}})");
  put(folder.path() / "negative.json", R"({"name": "x", "core": "cortex-m4", "figures": {"sleep_ua": -1}})");
  put(folder.path() / "columns.csv", "model,layer,cycles,weather\ndigits,conv1,100,fine\n");
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{"check", "report.json", "--max-flash", "5 apples"}, "TC5072"},
      {{"check", "report.json", "--max-cycles", "2M", "--budget", "budget.json"}, "TC5073"},
      {{"check", "report.json", "--budget", "unknown.json"}, "TC5073"},
      {{"check", "report.json", "--max-regress", "2%"}, "TC5074"},
      {{"check", "report.json"}, "TC5077"},
      {{"check", "budget.json", "--max-cycles", "1M"}, "TC6081"},
      {{"estimate", digits, "--target", "stm32l4r6"}, "stm32l4r5"},
      {{"estimate", digits, "--mcu", "unit.json"}, "clock_mhz"},
      {{"estimate", digits, "--mcu", "negative.json"}, "not negative"},
      {{"estimate", digits, "--rate", "1", "--period", "10"}, "TC5076"},
      {{"estimate", digits, "--battery", "CR2032"}, "TC5076"},
      {{"estimate", digits, "--target", "stm32l476", "--rate", "1", "--battery", "AA"}, "TC5070"},
      {{"estimate", digits, "--target", "stm32l072", "--rate", "100000"}, "TC5071"},
      {{"calibrate", "nowhere", "--from", "columns.csv", "--target", "cortex-m4", "-o", "b.json"}, "TC6001"},
  };
  for (const auto& [arguments, expected] : cases) {
    INFO(join(arguments, " "));
    const auto result = cli(folder.path(), arguments);
    INFO(result.errors);
    CHECK(result.exit_code >= 5);
    CHECK(result.errors.find(expected) != std::string::npos);
    CHECK(std::count(result.errors.begin(), result.errors.end(), '\n') == 1);
  }
}

TEST_CASE("batteries, duty and harvesting", "[cli][check]") {
  const auto folder = scratch();
  const auto estimated = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments{"estimate", digits, "--target", "stm32u385", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result = cli(folder.path(), arguments);
    INFO(result.errors);
    REQUIRE(result.exit_code == 0);
    return *parse_json(result.output, "estimate");
  };
  const auto days = [&](const Document& document) { return *document.find("duty")->find("battery_days")->find("expected")->get<double>(); };
  const double seldom = days(estimated({"--events-per-hour", "60", "--battery", "CR2032"}));
  const double often = days(estimated({"--rate", "10", "--battery", "CR2032"}));
  CHECK(seldom > often);
  CHECK(often > 10);
  CHECK(days(estimated({"--rate", "10", "--battery", "470@3.0"})) == Approx(2 * often).epsilon(0.01));
  CHECK(days(estimated({"--rate", "10", "--battery", "CR2032", "--sensor-uw", "500"})) < often);
  const Document harvesting = estimated({"--rate", "1", "--harvest-uw", "1000"});
  CHECK(*harvesting.find("duty")->find("energy_neutral_hz")->find("expected")->get<double>() > 1);
  CHECK(*estimated({"--period", "1000"}).find("duty")->find("meets_deadline")->get<bool>());
}

TEST_CASE("a board is calibrated from measurements of its layers", "[cli][calibrate]") {
  const auto folder = scratch();
  REQUIRE(cli(folder.path(), {"compress", digits, "--target", "cortex-m4", "-o", "out"}).exit_code == 0);
  const auto estimated = cli(folder.path(), {"estimate", "out", "--target", "cortex-m4", "--json"});
  const Document before = *parse_json(estimated.output, "estimate");
  // A board whose memory costs 1.3 times, with a measurement error of up to 3 %.
  std::string csv = "model,layer,cycles\n";
  int row = 0;
  for (const Document& layer : *before.find("layers")->get<Document::Array>()) {
    const double cycles = *layer.find("cycles")->find("expected")->get<double>();
    if (cycles > 0) csv += *layer.find("name")->get<std::string>() + "," + std::to_string(1.3 * cycles * (1 + 0.03 * (row++ % 3 - 1))) + "\n";
  }
  std::string rows = csv;
  for (std::size_t at = rows.find('\n') + 1; at < rows.size(); at = rows.find('\n', at) + 1) rows.insert(at, "digits,");
  put(folder.path() / "measured.csv", rows);
  const std::vector<std::string> calibrate{"calibrate", "out", "--from", "measured.csv", "--target", "cortex-m4", "--clock-mhz", "100",
                                           "-o", "board.json"};
  const auto calibrated = cli(folder.path(), calibrate);
  INFO(calibrated.output << calibrated.errors);
  REQUIRE(calibrated.exit_code == 0);
  const auto after = cli(folder.path(), {"estimate", "out", "--mcu", "board.json", "--json"});
  INFO(after.errors);
  const Document figures = *parse_json(after.output, "estimate");
  const double cycles = *before.find("core_cycles")->find("expected")->get<double>();
  CHECK(*figures.find("figures")->find("cycles")->find("expected")->get<double>() == Approx(1.3 * cycles).epsilon(0.05));
  CHECK(*figures.find("figures")->find("latency_ms")->find("expected")->get<double>() == Approx(1.3 * cycles / 1e5).epsilon(0.05));

  const auto refused = [&](const std::string& text, const std::string& id) {
    put(folder.path() / "measured.csv", text);
    const auto result = cli(folder.path(), calibrate);
    INFO(result.errors);
    CHECK(result.exit_code == 6);
    CHECK(result.errors.find(id) != std::string::npos);
  };
  refused(rows.substr(0, rows.find('\n', rows.find("conv2")) + 1), "TC6084");                  // too few
  refused(rows + "digits,conv3,1\ndigits,conv3,100000000\n", "TC6084");                        // contradictory
  refused("model,layer,cycles,weather\ndigits,conv1,100,fine\n", "unknown column \"weather\"");
  refused("model,layer,cycles\ndigits,conv9,100\n", "TC6083");
  refused("model,layer\ndigits,conv1\n", "TC6082");
}

TEST_CASE("PREFIX_benchmark.c times every layer and prints what calibrate reads", "[cli][calibrate]") {
  const auto folder = scratch();
  REQUIRE(cli(folder.path(), {"compress", digits, "-o", "out"}).exit_code == 0);
  put(folder.path() / "out" / "main.c", "int digits_benchmark(void);\nint main(void) { return digits_benchmark(); }\n");
  const auto built = run_subprocess({.arguments = {"cc", "-O2", "-std=c99", "-Wall", "-Wextra", "-I.", "main.c", "digits_benchmark.c",
                                                   "digits_weights.c", "-o", "bench", "-lm"},
                                     .directory = folder.path() / "out"});
  REQUIRE(built.ok());
  INFO(built->errors);
  REQUIRE(built->exit_code == 0);
  const auto result = run_subprocess({.arguments = {(folder.path() / "out" / "bench").string()}, .directory = folder.path() / "out"});
  REQUIRE(result.ok());
  CHECK(result->exit_code == 0);
  CHECK(result->output.starts_with("model,layer,us\n"));
  for (const char* layer : {"conv1", "pool", "conv2", "conv3", "residual", "average", "fc", "softmax"})
    CHECK(result->output.find(std::string("digits,\"") + layer + "\",") != std::string::npos);
}
