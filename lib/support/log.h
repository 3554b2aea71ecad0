#pragma once
// Logging to stderr. Only apps/ logs: libraries return errors and notes instead.

#include <string_view>

namespace tinyc::log {

enum class Level { quiet, error, warning, info, debug };

void set_level(Level level);
void error(std::string_view message);
void warning(std::string_view message);
void info(std::string_view message);
void debug(std::string_view message);

}  // namespace tinyc::log
