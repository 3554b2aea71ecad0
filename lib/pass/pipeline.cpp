#include "lib/pass/pipeline.h"

#include <algorithm>

#include "lib/ir/text_format.h"
#include "lib/ir/verifier.h"
#include "lib/support/text.h"

namespace tinyc {
namespace {

// A repeated group that has not settled by then never will: two of its passes undo each other. That is a defect of
// theirs, but the graph is as valid as any before it.
constexpr int max_rounds = 100;

// --- stages

std::string list_stages(const std::vector<Stage>& stages) {
  std::vector<std::string> names;
  for (const Stage stage : stages) names.emplace_back(to_string(stage));
  return join(names, " or ");
}

void check_stages(const Pipeline& pipeline, Stage& stage, std::vector<Diagnostic>& problems) {
  for (const PipelineStep& step : pipeline) {
    if (!step.pass) {
      check_stages(step.group, stage, problems);
      check_stages(step.group, stage, problems);  // a second round meets what the first one left
      continue;
    }
    const PassInfo& info = step.pass->info;
    if (!info.stages.empty() && std::find(info.stages.begin(), info.stages.end(), stage) == info.stages.end())
      problems.push_back({"TC5021", std::string(info.name),
                          "this pass works on graphs that are " + list_stages(info.stages) + ", and would meet one that is " +
                              std::string(to_string(stage)),
                          "change the order of the pipeline"});
    if (info.becomes) stage = *info.becomes;
  }
}

// --- claims

// Whether two graphs, one a changed clone of the other, print the same.
bool same(const Graph& a, const Graph& b) {
  if (print(a, {.elide_constants = true}) != print(b, {.elide_constants = true})) return false;
  const std::vector<ValueId> values = a.values(), others = b.values();
  return std::equal(values.begin(), values.end(), others.begin(), others.end(), [&](ValueId x, ValueId y) {
    if (a.value(x).is_constant() != b.value(y).is_constant()) return false;
    if (!a.value(x).is_constant()) return true;
    const Tensor &left = a.value(x).constant(), &right = b.value(y).constant();
    return left.bytes().data() == right.bytes().data() ? left.shape() == right.shape() : left == right;
  });
}

// --- running

class Runner {
 public:
  Runner(Graph& graph, PassContext& context, const PipelineOptions& options)
      : graph_(graph), context_(context), options_(options) {}

  // Whether a step changed the graph.
  Result<bool> run(const Pipeline& pipeline) {
    bool changed = false;
    for (const PipelineStep& step : pipeline) {
      if (stopped()) break;
      changed = TINYC_TRY(step.pass ? run_pass(step) : run_group(step)) || changed;
    }
    return changed;
  }

 private:
  bool stopped() const { return options_.stop_after >= 0 && runs_ >= options_.stop_after; }

  Result<bool> run_group(const PipelineStep& step) {
    for (int round = 0; round < max_rounds; ++round)
      if (!TINYC_TRY(run(step.group)) || stopped() || restless_) return round > 0;
    restless_ = true;
    context_.warn("TC1021: " + print(Pipeline{step}) + ": these passes still change the graph after " +
                  std::to_string(max_rounds) + " rounds: two of them undo each other");
    return true;
  }

  Result<bool> run_pass(const PipelineStep& step) {
    const PassInfo& info = step.pass->info;
    const std::string name(info.name);
    context_.options = {};
    for (const PassOption& option : info.options) {
      const Attribute* given = step.options.find(option.name);
      context_.options.set(option.name, given ? *given : option.otherwise);
    }

    if (options_.before) options_.before(*step.pass, graph_);
    std::optional<Graph> before;
    if (options_.check_claims) before = graph_;
    const auto start = std::chrono::steady_clock::now();
    const Changed changed = TINYC_TRY(step.pass->run(graph_, context_));
    const auto time = std::chrono::steady_clock::now() - start;
    ++runs_;
    if (before && changed == Changed::no && !same(*before, graph_))
      return Error("TC1020", name, "the pass says it changed nothing, but it did");
    if (info.becomes) graph_.stage = *info.becomes;
    if (const Status valid = verify(graph_); !valid.ok()) {
      Error error("TC1022", name, "the pass left an invalid graph");
      error.append(valid.error());
      return error;
    }
    observe(step, changed == Changed::yes, time);
    return changed == Changed::yes;
  }

  void observe(const PipelineStep& step, bool changed, std::chrono::nanoseconds time) {
    const std::string name(step.pass->info.name);
    if (options_.timings) {
      auto [at, is_new] = timing_rows_.emplace(&step, options_.timings->size());
      if (is_new) options_.timings->push_back({name});
      PassTiming& row = (*options_.timings)[at->second];
      row.time += time;
      row.changed = row.changed || changed;
      ++row.runs;
    }
    const bool dumped = std::any_of(options_.dump_after.begin(), options_.dump_after.end(),
                                    [&](const std::string& wanted) { return wanted == "*" || wanted == name; });
    if (dumped && options_.dump) options_.dump(name, graph_);
  }

  Graph& graph_;
  PassContext& context_;
  const PipelineOptions& options_;
  std::map<const PipelineStep*, std::size_t> timing_rows_;
  int runs_ = 0;
  bool restless_ = false;  // a group did not settle: those around it are not repeated
};

void collect_names(const Pipeline& pipeline, std::vector<std::string>& names) {
  for (const PipelineStep& step : pipeline) {
    if (step.pass) names.emplace_back(step.pass->info.name);
    collect_names(step.group, names);
  }
}

Status check_dump_names(const Pipeline& pipeline, const PipelineOptions& options) {
  std::vector<std::string> names;
  collect_names(pipeline, names);
  for (const std::string& wanted : options.dump_after) {
    if (wanted == "*" || std::find(names.begin(), names.end(), wanted) != names.end()) continue;
    const std::vector<std::string> near = near_matches(wanted, names);
    return Error("TC5020", wanted, "the pipeline has no pass of this name to dump after",
                 near.empty() ? "the pipeline is: " + print(pipeline) : "did you mean '" + near.front() + "'?");
  }
  return {};
}

}  // namespace

Status check_stages(const Pipeline& pipeline, Stage stage) {
  std::vector<Diagnostic> problems;
  check_stages(pipeline, stage, problems);
  const auto repeated = std::unique(problems.begin(), problems.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return a.where == b.where && a.message == b.message;
  });
  problems.erase(repeated, problems.end());
  if (!problems.empty()) return Error(std::move(problems));
  return {};
}

Status run_pipeline(Graph& graph, const Pipeline& pipeline, PassContext& context, const PipelineOptions& options) {
  TINYC_TRY(check_stages(pipeline, graph.stage));
  TINYC_TRY(check_dump_names(pipeline, options));
  TINYC_TRY(Runner(graph, context, options).run(pipeline));
  return {};
}

}  // namespace tinyc
