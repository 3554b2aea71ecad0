#include "apps/tinyc/terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <mutex>

namespace tinyc::cli {
namespace {

bool progress_enabled = true;

}  // namespace

Status print_result(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    return Error("TC6003", "stdout", fmt::format("cannot write: {}", std::strerror(errno)));
  return {};
}

void set_progress(bool enabled) { progress_enabled = enabled; }

void show_progress(std::string_view what, std::int64_t done, std::int64_t total) {
  static const bool terminal = isatty(STDERR_FILENO) == 1;
  if (!terminal || !progress_enabled || total <= 0) return;
  static std::mutex mutex;
  static std::string shown;
  const std::lock_guard lock(mutex);
  constexpr std::int64_t width = 30;
  std::string line;
  if (done < total) {
    const auto filled = static_cast<std::size_t>(width * done / total);
    line = fmt::format("{} [{}{}] {:3} %", what, std::string(filled, '#'),
                       std::string(static_cast<std::size_t>(width) - filled, '.'), 100 * done / total);
  }
  if (line == shown) return;
  shown = line;
  std::fprintf(stderr, "\r\033[K%s", line.c_str());
  std::fflush(stderr);
}

}  // namespace tinyc::cli
