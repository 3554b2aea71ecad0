#include "lib/support/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace tinyc::log {
namespace {

spdlog::logger& logger() {
  static const auto instance = [] {
    auto made = spdlog::stderr_color_mt("tinyc");
    made->set_pattern("tinyc: %^%l%$: %v");
    return made;
  }();
  return *instance;
}

}  // namespace

void set_level(Level level) {
  switch (level) {
    case Level::quiet: return logger().set_level(spdlog::level::off);
    case Level::error: return logger().set_level(spdlog::level::err);
    case Level::warning: return logger().set_level(spdlog::level::warn);
    case Level::info: return logger().set_level(spdlog::level::info);
    case Level::debug: return logger().set_level(spdlog::level::debug);
  }
}

void error(std::string_view message) { logger().error("{}", message); }
void warning(std::string_view message) { logger().warn("{}", message); }
void info(std::string_view message) { logger().info("{}", message); }
void debug(std::string_view message) { logger().debug("{}", message); }

}  // namespace tinyc::log
