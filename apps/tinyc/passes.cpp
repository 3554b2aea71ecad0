#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/driver/pass_table.h"
#include "apps/tinyc/command.h"
#include "apps/tinyc/terminal.h"
#include "lib/support/text.h"

namespace tinyc::cli {
namespace {

std::string stages_of(const PassInfo& info) {
  std::vector<std::string> stages;
  for (const Stage stage : info.stages) stages.emplace_back(to_string(stage));
  std::string text = join(stages, ", ");
  if (info.becomes) text += fmt::format(" -> {}", to_string(*info.becomes));
  return text;
}

std::string default_of(const Attribute& value) {
  struct Visitor {
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const { return shortest(number); }
    std::string operator()(const std::string& text) const { return text.empty() ? "\"\"" : text; }
    std::string operator()(const std::vector<std::int64_t>& numbers) const {
      return fmt::format("[{}]", fmt::join(numbers, ", "));
    }
    std::string operator()(const std::vector<double>& numbers) const {
      return fmt::format("[{}]", fmt::join(numbers, ", "));
    }
    std::string operator()(const std::vector<std::string>& words) const {
      return fmt::format("[{}]", fmt::join(words, ", "));
    }
    std::string operator()(const Tensor&) const { return "tensor"; }
  };
  return std::visit(Visitor{}, value);
}

}  // namespace

Action add_passes(CLI::App& app) {
  app.footer("Example:\n  tinyc passes\n  tinyc compress model.onnx --print-pipeline");
  return []() -> Result<ExitCode> {
    TextTable table({"pass", "runs in stage", "what it does"});
    for (const Pass* pass : all_passes()) {
      table.add({std::string(pass->info.name), stages_of(pass->info), std::string(pass->info.summary)});
      for (const PassOption& option : pass->info.options)
        table.add({"  " + option.name + "=" + default_of(option.otherwise), "", option.help});
    }
    TINYC_TRY(print_result(table.plain()));
    TextTable named({"named pipeline", "what it stands for"});
    for (const NamedPipeline& pipeline : named_pipelines()) named.add({std::string(pipeline.name), pipeline.text});
    TINYC_TRY(print_result("\n" + named.plain()));
    return ExitCode::ok;
  };
}

}  // namespace tinyc::cli
