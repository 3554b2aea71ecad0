#include "apps/tinyc/terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <mutex>

namespace tinyc::cli {
namespace {

bool progress_enabled = true;
volatile std::sig_atomic_t interrupts = 0;

void interrupt(int) {
  interrupts = 1;
  std::signal(SIGINT, SIG_DFL);
}

// ", 12 s left", once a second has passed since the bar of so many steps began.
std::string time_left(std::int64_t done, std::int64_t total) {
  using Clock = std::chrono::steady_clock;
  static Clock::time_point began;
  static std::int64_t last_done = 0, last_total = 0;
  if (done < last_done || total != last_total) began = Clock::now();
  last_done = done;
  last_total = total;
  const double passed = std::chrono::duration<double>(Clock::now() - began).count();
  if (passed < 1 || done <= 0) return "";
  return fmt::format(", {:.0f} s left", passed * static_cast<double>(total - done) / static_cast<double>(done));
}

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
    line = fmt::format("{} [{}{}] {:3} %{}", what, std::string(filled, '#'),
                       std::string(static_cast<std::size_t>(width) - filled, '.'), 100 * done / total, time_left(done, total));
  }
  if (line == shown) return;
  shown = line;
  std::fprintf(stderr, "\r\033[K%s", line.c_str());
  std::fflush(stderr);
}

bool interrupted() {
  static const bool listening = std::signal(SIGINT, interrupt) != SIG_ERR;
  return listening && interrupts != 0;
}

}  // namespace tinyc::cli
