#include "apps/driver/outputs.h"

#include <filesystem>
#include <fstream>

#include "formats/onnx/writer.h"
#include "lib/support/check.h"

namespace tinyc {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t head_bytes = 512;

std::string read_head(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string head(head_bytes, '\0');
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(file.gcount()));
  return head;
}

}  // namespace

bool is_own_file(std::string_view contents) {
  const std::string_view head = contents.substr(0, head_bytes);
  if (is_written_onnx(head)) return true;
  std::size_t end = head.find('\n');
  if (head.starts_with("{\n")) end = head.find('\n', 2);
  const std::string_view line = head.substr(0, end);
  return line.find(own_file_marker) != line.npos || (line.starts_with("graph \"") && line.find(" stage=") != line.npos);
}

Status write_outputs(const std::string& folder, std::vector<OutputFile> files) {
  std::vector<Diagnostic> foreign;
  for (OutputFile& file : files) {
    TINYC_CHECK(is_own_file(file.contents), "tinyc will know " + file.path + " as its own");
    const fs::path path = fs::path(folder) / file.path;
    std::error_code error;
    const fs::file_status status = fs::symlink_status(path, error);
    if (fs::exists(status) && !(fs::is_regular_file(status) && is_own_file(read_head(path))))
      foreign.push_back({"TC6041", path.string(), "tinyc did not write this file and leaves it alone",
                         "move it, or choose another --name or folder (-o)"});
    file.path = path.string();
  }
  if (!foreign.empty()) return Error(std::move(foreign));
  return write_files(files);
}

}  // namespace tinyc
