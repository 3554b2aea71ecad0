#pragma once
// Whole files in, whole files out. Outputs are all or nothing: every file of a set is complete under a
// temporary name before the first one takes its final name.

#include <cstdint>
#include <span>
#include <string>

#include "lib/support/result.h"

namespace tinyc {

inline constexpr std::int64_t max_file_bytes = std::int64_t{1} << 32;

// TC6001: not there, not readable, a folder. TC8002: larger than max_bytes.
Result<std::string> read_file(const std::string& path, std::int64_t max_bytes = max_file_bytes);

struct OutputFile {
  std::string path;
  std::string contents;
};

// Writes all files or none (TC6002): folders that are missing are made, files that exist are replaced. After an
// error no temporary file and no folder made by this call is left, and no earlier file has changed.
Status write_files(std::span<const OutputFile> files);
Status write_file(const std::string& path, std::string contents);

}  // namespace tinyc
