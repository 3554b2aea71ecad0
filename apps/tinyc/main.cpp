// The command line: parses it, runs one subcommand, turns errors into messages and the documented exit code.

#include <CLI/CLI.hpp>
#include <array>
#include <csignal>
#include <cstdio>
#include <map>
#include <new>

#include "apps/tinyc/command.h"
#include "apps/tinyc/terminal.h"
#include "apps/tinyc/usage.h"
#include "lib/support/check.h"
#include "lib/support/log.h"
#include "lib/support/memory.h"
#include "lib/support/text.h"
#include "lib/support/version.h"

namespace tinyc::cli {
namespace {

constexpr std::array commands{
    Command{"compress", "Quantize a model and emit C for a Cortex-M", add_compress},
    Command{"verify", "Run the emitted C on this machine and in QEMU, and compare every byte", add_verify},
    Command{"eval", "Measure accuracy, and agreement with a reference model", add_eval},
    Command{"distill", "Let a model learn from a larger one, without labels", add_distill},
    Command{"run", "Run samples through a model: float, int8, or the emitted C", add_run},
    Command{"inspect", "Print a model's operators, shapes, parameters and multiply-accumulates", add_inspect},
    Command{"estimate", "Estimate cycles, latency, energy, memory and battery life on targets", add_estimate},
    Command{"check", "Hold a report against budgets, or against a report of before", add_check},
    Command{"calibrate", "Fit a board to measurements made on it", add_calibrate},
    Command{"passes", "List the passes a pipeline can be made of", add_passes},
    Command{"ops", "List the operators and what tinyc can do with each", add_ops},
    Command{"targets", "List the cores and microcontrollers tinyc emits code for", add_targets},
};

constexpr std::string_view footer = R"(Exit codes:
  0 ok   1 internal error   2 budget or accuracy gate missed   3 model not supported   4 model not valid
  5 wrong usage   6 input/output, or data of the wrong shape   7 verification found a difference
  8 resource limit

Examples:
  tinyc compress kws.onnx --int8 --calib calib_x.npy --target cortex-m4 -o out
  tinyc verify out --on all
  tinyc eval out --data eval_x.npy --labels eval_y.npy)";

void report(const Error& error) {
  for (const Diagnostic& diagnostic : error.diagnostics()) log::error(to_string(diagnostic));
}

Result<ExitCode> run_limited(const std::string& max_memory, const Action& action) {
  if (!max_memory.empty()) TINYC_TRY(limit_memory(TINYC_TRY(parse_byte_size("--max-memory", max_memory))));
  return action();
}

int run(int argc, char** argv) {
  CLI::App root("tinyc turns a trained ONNX model into verified C for Cortex-M.", "tinyc");
  root.set_version_flag("--version", "tinyc " + std::string(version()), "Print the version");
  root.set_help_flag("-h,--help", "Print this help");
  root.footer(std::string(footer));
  root.fallthrough();
  root.require_subcommand(1);
  root.get_formatter()->column_width(34);
  bool quiet = false, verbose = false;
  std::string max_memory;
  root.add_flag("-q,--quiet", quiet, "Log errors only and show no progress");
  root.add_flag("-v,--verbose", verbose, "Log more");
  root.add_option("--max-memory", max_memory, "Memory that tinyc may take, such as 512M; beyond it, exit code 8")
      ->type_name("SIZE");
  std::map<const CLI::App*, Action> actions;
  for (const Command& command : commands) {
    CLI::App* app = root.add_subcommand(std::string(command.name), std::string(command.summary));
    actions[app] = command.add(*app);
  }
  try {
    root.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const Status printed = print_result(std::string(trim(root.help())) + "\n");
    return static_cast<int>(printed.ok() ? ExitCode::ok : printed.error().exit_code());
  } catch (const CLI::CallForVersion& wanted) {
    const Status printed = print_result(std::string(wanted.what()) + "\n");
    return static_cast<int>(printed.ok() ? ExitCode::ok : printed.error().exit_code());
  } catch (const CLI::ParseError& error) {
    report(usage_error(root, error, {argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)}));
    return static_cast<int>(ExitCode::usage);
  }
  log::set_level(quiet ? log::Level::error : verbose ? log::Level::debug : log::Level::info);
  set_progress(!quiet);
  const Result<ExitCode> outcome = run_limited(max_memory, actions.at(root.get_subcommands().front()));
  if (outcome.ok()) return static_cast<int>(*outcome);
  report(outcome.error());
  return static_cast<int>(outcome.error().exit_code());
}

}  // namespace
}  // namespace tinyc::cli

int main(int argc, char** argv) {
  using tinyc::ExitCode;
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return tinyc::cli::run(argc, argv);
  } catch (const std::bad_alloc&) {
    std::fputs("tinyc: error: TC8001: out of memory (close other programs, or raise --max-memory where it is given)\n", stderr);
    return static_cast<int>(ExitCode::resource);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "tinyc: error: TC1001: a defect of tinyc, please report it: %s\n", error.what());
    return static_cast<int>(ExitCode::internal);
  }
}
