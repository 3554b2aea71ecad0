#pragma once
// Runs another program without a shell, and temporary folders that remove themselves.

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lib/support/result.h"

namespace tinyc {

struct Subprocess {
  std::vector<std::string> arguments;        // arguments[0] is the program, found in PATH
  std::filesystem::path directory = {};      // where it runs; empty: here
  std::chrono::milliseconds timeout{600'000};
};

struct SubprocessResult {
  int exit_code = -1;      // 128 + signal when a signal ended it
  bool timed_out = false;  // it was killed
  std::string output;      // stdout
  std::string errors;      // stderr
  bool ok() const { return exit_code == 0 && !timed_out; }
};

// The path of a program in PATH.
std::optional<std::filesystem::path> find_program(const std::string& name);

// TC6201 when the program is not installed or cannot be started. Standard input is empty. A failure of
// the program itself is a result, not an error.
Result<SubprocessResult> run_subprocess(const Subprocess& process);

// A folder of its own under the system's temporary folder, removed with everything in it.
class TemporaryDirectory {
 public:
  static Result<TemporaryDirectory> make();
  TemporaryDirectory(TemporaryDirectory&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
  ~TemporaryDirectory();
  const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryDirectory(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace tinyc
