#include "lib/pass/pipeline.h"

#include <catch2/catch.hpp>

#include "lib/ir/text_format.h"
#include "lib/ops/ops.h"
#include "lib/support/text.h"

namespace tinyc {
namespace {

std::vector<std::string> log;  // what the passes below were given, in order

Result<Changed> unchanged(Graph&, PassContext&) { return Changed::no; }

// Removes one relu per run.
Result<Changed> remove_relu(Graph& graph, PassContext&) {
  for (const NodeId id : graph.nodes()) {
    if (graph.node(id).op().name != "relu") continue;
    graph.replace_uses(graph.node(id).results().front(), graph.node(id).operands().front());
    graph.erase_node(id);
    return Changed::yes;
  }
  return Changed::no;
}

Result<Changed> record_options(Graph&, PassContext& context) {
  const Attributes& options = context.options;
  std::vector<std::string> layers = options.find("layers") ? std::get<std::vector<std::string>>(*options.find("layers"))
                                                           : std::vector<std::string>();
  log.push_back(shortest(options.real("ratio")) + " " + std::to_string(options.integer("steps")) + " " +
                options.text("mode") + " " + join(layers, "|"));
  return Changed::no;
}

Result<Changed> lie(Graph& graph, PassContext&) {
  graph.rename(graph.inputs().front(), "another");
  return Changed::no;
}

Result<Changed> lie_about_a_constant(Graph& graph, PassContext&) {
  for (const ValueId id : graph.values())
    if (graph.value(id).is_constant()) {
      Tensor tensor = graph.value(id).constant();
      tensor.mutable_data<float>()[20] += 1;
      graph.set_constant(id, tensor);
    }
  return Changed::no;
}

Result<Changed> break_graph(Graph& graph, PassContext&) {
  graph.set_type(graph.outputs().front(), Type{DType::f32, Shape{7}});
  return Changed::yes;
}

Result<Changed> always_renames(Graph& graph, PassContext&) {
  const ValueId input = graph.inputs().front();
  graph.rename(input, graph.value(input).name() == "x" ? "z" : "x");
  return Changed::yes;
}

const std::vector<Stage> early{Stage::imported, Stage::canonical};
const Pass nothing_pass{{.name = "nothing", .summary = "", .stages = {}}, unchanged};
const Pass remove_pass{{.name = "remove-relu", .summary = "", .stages = early}, remove_relu};
const Pass canonical_pass{{.name = "to-canonical", .summary = "", .stages = early, .becomes = Stage::canonical}, unchanged};
const Pass calibrate_pass{{.name = "to-calibrated", .summary = "", .stages = {Stage::canonical}, .becomes = Stage::calibrated},
                          unchanged};
const Pass prune_pass{{.name = "prune",
                       .summary = "",
                       .stages = early,
                       .options = {{"ratio", 0.5, "a share"},
                                   {"steps", std::int64_t{1}, "a count"},
                                   {"mode", std::string("global"), "a word"},
                                   {"layers", std::vector<std::string>{}, "names"}}},
                      record_options};
const Pass lie_pass{{.name = "lie", .summary = "", .stages = {}}, lie};
const Pass lie_more_pass{{.name = "lie-more", .summary = "", .stages = {}}, lie_about_a_constant};
const Pass break_pass{{.name = "break", .summary = "", .stages = {}}, break_graph};
const Pass restless_pass{{.name = "restless", .summary = "", .stages = {}}, always_renames};
const std::vector<const Pass*> passes{&nothing_pass, &remove_pass, &canonical_pass, &calibrate_pass, &prune_pass,
                                      &lie_pass,     &lie_more_pass, &break_pass,   &restless_pass};
const std::vector<NamedPipeline> named{{"clean", "", "(remove-relu)*, to-canonical"}, {"loop", "", "nothing, loop"}};

Graph three_relus() {
  Graph graph;
  const auto parsed = parse_graph(R"(graph "test" stage=imported
input %x: f32[2]
%a = relu(%x)
%b = relu(%a)
%c = tanh(%b)
%y = relu(%c)
output %y
)", all_ops());
  REQUIRE(parsed.ok());
  return *parsed;
}

Pipeline parsed(std::string_view text) {
  auto pipeline = parse_pipeline(text, passes, named);
  if (!pipeline.ok()) FAIL(pipeline.error().to_string());
  return *pipeline;
}

std::string parse_error(std::string_view text) {
  const auto pipeline = parse_pipeline(text, passes, named);
  INFO(text);
  REQUIRE_FALSE(pipeline.ok());
  CHECK(pipeline.error().exit_code() == ExitCode::usage);
  return pipeline.error().to_string();
}

Status run(Graph& graph, std::string_view text, const PipelineOptions& options = {}) {
  PassContext context;
  context.ops = all_ops();
  return run_pipeline(graph, parsed(text), context, options);
}

std::string run_error(std::string_view text, const PipelineOptions& options = {}) {
  Graph graph = three_relus();
  const Status status = run(graph, text, options);
  REQUIRE_FALSE(status.ok());
  return status.error().to_string();
}

TEST_CASE("pipeline text prints as it parses") {
  for (const std::string text :
       {"nothing", "nothing, remove-relu", "(nothing, (remove-relu)*)*, to-canonical", "prune{ratio=0.25}",
        "prune{layers=[a, \"b c\", \"d\\\"\\\\\"], mode=local, ratio=1e-05, steps=3}", "prune{layers=[]}", "prune{mode=\"\"}"})
    CHECK(print(parsed(text)) == text);
  CHECK(print(parsed(" nothing ,\n prune { ratio = 1 , steps = -2 } ")) == "nothing, prune{ratio=1, steps=-2}");
  CHECK(print(parsed("prune{}")) == "prune");
  CHECK(print(parsed("clean, nothing")) == "(remove-relu)*, to-canonical, nothing");
}

TEST_CASE("pipeline text that is wrong is refused with what is right") {
  using Catch::Matchers::Contains;
  CHECK_THAT(parse_error("remove-rleu"), Contains("TC5020") && Contains("no pass 'remove-rleu'") && Contains("'remove-relu'?"));
  CHECK_THAT(parse_error("cleen"), Contains("'clean'?"));
  CHECK_THAT(parse_error("xylophone"), Contains("tinyc passes"));
  CHECK_THAT(parse_error("prune{ration=1}"), Contains("no option 'ration'") && Contains("'ratio'?"));
  CHECK_THAT(parse_error("nothing{a=1}"), Contains("it takes no options"));
  CHECK_THAT(parse_error("prune{steps=0.5}"), Contains("'steps' is an integer, not '0.5'"));
  CHECK_THAT(parse_error("prune{steps=99999999999999999999}"), Contains("an integer"));
  CHECK_THAT(parse_error("prune{ratio=\"1\"}"), Contains("'ratio' is a number, not '1'"));
  CHECK_THAT(parse_error("prune{ratio=[1]}"), Contains("a number"));
  CHECK_THAT(parse_error("prune{layers=a}"), Contains("a list of words"));
  CHECK_THAT(parse_error("prune{ratio=1, ratio=2}"), Contains("given twice"));
  CHECK_THAT(parse_error("loop"), Contains("contains itself"));
  for (const char* text : {"", ",", "nothing,", "nothing nothing", "(nothing)", "(nothing", "()*", "prune{", "prune{ratio}",
                           "prune{ratio=}", "prune{ratio=1", "prune{mode=\"a}", "prune{layers=[a}", "*", "nothing)"})
    CHECK_THAT(parse_error(text), Contains("expected"));
  CHECK_THAT(parse_error(std::string(100, '(') + "nothing"), Contains("nested too deeply"));
}

TEST_CASE("options reach the pass, with defaults for those not given") {
  log.clear();
  Graph graph = three_relus();
  REQUIRE(run(graph, "prune, prune{ratio=1, layers=[a, b]}, prune{mode=\"x y\", steps=7}").ok());
  CHECK(log == std::vector<std::string>{"0.5 1 global ", "1 1 global a|b", "0.5 7 x y "});
}

TEST_CASE("a pipeline that meets a graph of the wrong stage is refused before anything runs") {
  using Catch::Matchers::Contains;
  log.clear();
  Graph graph = three_relus();
  const Status status = run(graph, "prune, to-canonical, to-calibrated, prune, remove-relu");
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().exit_code() == ExitCode::usage);
  REQUIRE(status.error().diagnostics().size() == 2);
  CHECK(status.error().diagnostics()[0].id == "TC5021");
  CHECK(status.error().diagnostics()[0].where == "prune");
  CHECK_THAT(status.error().to_string(), Contains("imported or canonical") && Contains("one that is calibrated"));
  CHECK(log.empty());
  CHECK(print(graph) == print(three_relus()));
  // The second round of a group meets what the first one left.
  CHECK_THAT(run_error("to-canonical, (remove-relu, to-calibrated)*"), Contains("TC5021"));
}

TEST_CASE("a group runs until nothing changes") {
  Graph graph = three_relus();
  std::vector<PassTiming> timings;
  REQUIRE(run(graph, "(nothing, remove-relu)*, to-canonical", {.timings = &timings}).ok());
  CHECK(graph.nodes().size() == 1);
  CHECK(graph.stage == Stage::canonical);
  REQUIRE(timings.size() == 3);
  CHECK(timings[1].pass == "remove-relu");
  CHECK(timings[1].runs == 4);
  CHECK(timings[1].changed);
  CHECK_FALSE(timings[0].changed);
}

TEST_CASE("a group that never settles is left with a warning") {
  Graph graph = three_relus();
  std::vector<std::string> warnings;
  PassContext context;
  context.ops = all_ops();
  context.warnings = &warnings;
  REQUIRE(run_pipeline(graph, parsed("((restless)*, nothing)*, to-canonical"), context).ok());
  CHECK(graph.stage == Stage::canonical);
  REQUIRE(warnings.size() == 1);
  CHECK_THAT(warnings.front(), Catch::Matchers::Contains("TC1021: (restless)*"));
}

TEST_CASE("passes are stopped after a number of runs, and dumped by name") {
  Graph graph = three_relus();
  std::vector<std::string> dumps;
  PipelineOptions options{.dump_after = {"remove-relu"}, .stop_after = 5};
  options.dump = [&](std::string_view pass, const Graph& dumped) {
    dumps.push_back(std::string(pass) + " " + std::to_string(dumped.nodes().size()));
  };
  REQUIRE(run(graph, "(nothing, remove-relu)*, to-canonical", options).ok());
  CHECK(dumps == std::vector<std::string>{"remove-relu 3", "remove-relu 2"});
  CHECK(graph.stage == Stage::imported);
  options = {.dump_after = {"remove-rel"}};
  CHECK_THAT(run_error("remove-relu", options), Catch::Matchers::Contains("'remove-relu'?"));
}

TEST_CASE("a pass that says it changed nothing is held to it, and every pass to a valid graph") {
  using Catch::Matchers::Contains;
  CHECK_THAT(run_error("lie"), Contains("TC1020: lie"));
  CHECK_THAT(run_error("break"), Contains("TC1022: break") && Contains("TC1011"));

  Graph graph = three_relus();
  graph.add_constant("c", Tensor(DType::f32, Shape{100}));
  const Status status = run(graph, "lie-more");
  REQUIRE_FALSE(status.ok());
  CHECK_THAT(status.error().to_string(), Contains("TC1020"));
}

}  // namespace
}  // namespace tinyc
