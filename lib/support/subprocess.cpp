#include "lib/support/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "lib/support/check.h"
#include "lib/support/memory.h"
#include "lib/support/text.h"

extern char** environ;

namespace tinyc {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct Pipe {
  int read = -1, write = -1;
  ~Pipe() { close_both(); }
  // Close-on-exec, so that a child started at the same time by another thread does not hold the end open.
  bool open() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return false;
    read = ends[0];
    write = ends[1];
    return true;
  }
  void close_write() {
    if (write >= 0) ::close(write);
    write = -1;
  }
  void close_both() {
    close_write();
    if (read >= 0) ::close(read);
    read = -1;
  }
};

int milliseconds_left(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return left > 0 ? static_cast<int>(left) : 0;
}

// Reads both pipes until both are closed; false when the deadline came first.
bool drain(Pipe& out, Pipe& err, SubprocessResult& result, Clock::time_point deadline) {
  std::array<pollfd, 2> ends{pollfd{out.read, POLLIN, 0}, pollfd{err.read, POLLIN, 0}};
  std::array<std::string*, 2> texts{&result.output, &result.errors};
  while (ends[0].fd >= 0 || ends[1].fd >= 0) {
    const int left = milliseconds_left(deadline);
    if (left == 0) return false;
    if (::poll(ends.data(), ends.size(), left) < 0 && errno != EINTR) return false;
    for (std::size_t i = 0; i < ends.size(); ++i) {
      if (ends[i].fd < 0 || (ends[i].revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
      std::array<char, 4096> chunk;
      const auto n = ::read(ends[i].fd, chunk.data(), chunk.size());
      if (n > 0) texts[i]->append(chunk.data(), static_cast<std::size_t>(n));
      if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) ends[i].fd = -1;
    }
  }
  return true;
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Error cannot_start(const std::string& program, int reason) {
  return Error("TC6201", program, std::string("cannot be started: ") + std::strerror(reason));
}

}  // namespace

std::optional<fs::path> find_program(const std::string& name) {
  if (name.find('/') != name.npos) return ::access(name.c_str(), X_OK) == 0 ? std::optional<fs::path>(name) : std::nullopt;
  const char* path = std::getenv("PATH");
  for (const std::string& folder : split(path ? path : "/usr/bin:/bin", ':')) {
    const fs::path candidate = fs::path(folder.empty() ? "." : folder) / name;
    std::error_code ignored;
    if (::access(candidate.c_str(), X_OK) == 0 && fs::is_regular_file(candidate, ignored)) return candidate;
  }
  return std::nullopt;
}

Result<SubprocessResult> run_subprocess(const Subprocess& process) {
  TINYC_CHECK(!process.arguments.empty(), "a program to run");
  const std::string& name = process.arguments.front();
  const auto program = find_program(name);
  if (!program) return Error("TC6201", name, "is not installed", "install it, or add its folder to PATH");

  Pipe out, err;
  if (!out.open() || !err.open()) return cannot_start(name, errno);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.write, 1);
  posix_spawn_file_actions_adddup2(&actions, err.write, 2);
  if (!process.directory.empty()) posix_spawn_file_actions_addchdir_np(&actions, process.directory.c_str());
  posix_spawnattr_t attributes;  // a process group of its own, so that a timeout ends its children too
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);

  std::vector<char*> argv;
  for (const std::string& argument : process.arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_t child = -1;
  const std::string path = fs::absolute(*program).string();
  const int failed = [&] {
    const MemoryLimitLifted lifted;
    return ::posix_spawn(&child, path.c_str(), &actions, &attributes, argv.data(), environ);
  }();
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (failed != 0) return cannot_start(name, failed);

  out.close_write();
  err.close_write();
  SubprocessResult result;
  result.timed_out = !drain(out, err, result, Clock::now() + process.timeout);
  if (result.timed_out) ::kill(-child, SIGKILL);
  result.exit_code = wait_for(child);
  return result;
}

Result<TemporaryDirectory> TemporaryDirectory::make() {
  std::error_code failed;
  const fs::path base = fs::temp_directory_path(failed);
  if (failed) return Error("TC6202", "TMPDIR", "no folder for temporary files: " + failed.message());
  std::string pattern = (base / "tinyc-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr)
    return Error("TC6202", base.string(), std::string("no temporary folder can be made: ") + std::strerror(errno));
  return TemporaryDirectory(fs::path(pattern));
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

}  // namespace tinyc
