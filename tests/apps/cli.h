#pragma once
// Runs the built program as a user does.

#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "lib/support/files.h"
#include "lib/support/subprocess.h"

namespace tinyc::test {

inline std::string source_path(const std::string& path) { return std::string(TINYC_SOURCE_DIR) + "/" + path; }

// In `folder`, which is where relative outputs go.
inline SubprocessResult cli(const std::filesystem::path& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), TINYC_BINARY);
  auto result = run_subprocess({.arguments = std::move(arguments), .directory = folder});
  REQUIRE(result.ok());
  INFO(result->errors);
  CHECK(result->exit_code < 128);  // never a signal
  return std::move(result).value();
}

inline TemporaryDirectory scratch() {
  auto folder = TemporaryDirectory::make();
  REQUIRE(folder.ok());
  return std::move(folder).value();
}

// File name -> bytes of every file in a folder.
inline std::map<std::string, std::string> files_in(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    auto bytes = read_file(entry.path().string());
    REQUIRE(bytes.ok());
    files[entry.path().filename().string()] = *bytes;
  }
  return files;
}

}  // namespace tinyc::test
