#pragma once
// The little of the zip format that .npz files use: stored or deflated entries, no encryption, no zip64 beyond the
// extra fields NumPy writes.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/support/result.h"

namespace tinyc {

struct ZipEntry {
  std::string name;
  std::uint16_t method = 0;  // 0 stored, 8 deflated
  std::uint32_t crc32 = 0;
  std::uint32_t compressed_size = 0;
  std::uint32_t size = 0;
  std::uint32_t header_offset = 0;
};

// TC6053 for anything malformed or out of the above; `where` is what messages call the file.
Result<std::vector<ZipEntry>> read_zip_directory(std::string_view bytes, const std::string& where);
Result<std::string> extract_zip_entry(std::string_view bytes, const ZipEntry& entry, const std::string& where);

}  // namespace tinyc
