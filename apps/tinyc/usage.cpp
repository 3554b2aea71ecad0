#include "apps/tinyc/usage.h"

#include <CLI/CLI.hpp>

#include "lib/support/text.h"

namespace tinyc::cli {
namespace {

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

std::string remedy_for(const std::string& word, const std::vector<std::string>& candidates, const std::string& help) {
  const auto near = near_matches(word, candidates);
  return near.empty() ? "see `" + help + "`" : "did you mean " + join(near, ", ") + "?";
}

}  // namespace

Error usage_error(const CLI::App& root, const CLI::ParseError& error, std::span<const char* const> arguments) {
  std::vector<std::string> commands;
  for (const CLI::App* command : root.get_subcommands({})) commands.push_back(command->get_name());
  const CLI::App* command = nullptr;
  for (const char* argument : arguments) {
    const std::string word = argument;
    if (word == "--") break;
    if (word.starts_with("-")) {
      if (!word.starts_with("--")) continue;
      std::vector<std::string> options = option_names(root);
      if (command) {
        const auto own = option_names(*command);
        options.insert(options.end(), own.begin(), own.end());
      }
      const std::string name = word.substr(0, word.find('='));
      if (std::find(options.begin(), options.end(), name) != options.end()) continue;
      return Error("TC5001", name, "unknown option",
                   remedy_for(name, options, command ? "tinyc " + command->get_name() + " --help" : "tinyc --help"));
    }
    if (command) continue;
    if (std::find(commands.begin(), commands.end(), word) == commands.end())
      return Error("TC5001", word, "unknown command", remedy_for(word, commands, "tinyc --help"));
    command = root.get_subcommand(word);
  }
  std::string message = error.what();
  if (const auto end = message.find_last_not_of(". \n"); end != message.npos) message.erase(end + 1);
  return Error("TC5001", command ? command->get_name() : "tinyc", message,
               command ? "see `tinyc " + command->get_name() + " --help`" : "see `tinyc --help`");
}

}  // namespace tinyc::cli
