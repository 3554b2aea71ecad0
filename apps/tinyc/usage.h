#pragma once
// Messages for a command line that does not parse.

#include <span>

#include "lib/support/result.h"

namespace CLI {
class App;
class ParseError;
}

namespace tinyc::cli {

// TC5001, with near matches for a misspelt subcommand or option.
Error usage_error(const CLI::App& root, const CLI::ParseError& error, std::span<const char* const> arguments);

}  // namespace tinyc::cli
