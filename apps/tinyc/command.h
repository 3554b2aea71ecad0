#pragma once
// A subcommand: it declares its options on its own CLI::App and returns what runs once they are parsed. The
// action prints results to stdout and returns errors; main() prints those and turns them into the exit code.

#include <functional>
#include <string_view>

#include "lib/support/result.h"

namespace CLI {
class App;
}

namespace tinyc::cli {

using Action = std::function<Result<ExitCode>()>;

struct Command {
  std::string_view name;
  std::string_view summary;
  Action (*add)(CLI::App& app);
};

Action add_compress(CLI::App& app);
Action add_inspect(CLI::App& app);
Action add_run(CLI::App& app);
Action add_eval(CLI::App& app);
Action add_distill(CLI::App& app);
Action add_verify(CLI::App& app);
Action add_estimate(CLI::App& app);
Action add_check(CLI::App& app);
Action add_calibrate(CLI::App& app);
Action add_passes(CLI::App& app);
Action add_ops(CLI::App& app);
Action add_targets(CLI::App& app);

}  // namespace tinyc::cli
