#include "formats/npy/zip.h"

#include <zlib.h>

#include <algorithm>

namespace tinyc {
namespace {

constexpr std::size_t end_record_bytes = 22, directory_entry_bytes = 46, local_header_bytes = 30;
constexpr std::uint32_t end_signature = 0x06054b50, directory_signature = 0x02014b50, local_signature = 0x04034b50;
constexpr std::uint32_t zip64_marker = 0xffffffff;
// Deflate cannot shrink by more (zlib's technical notes): a larger declared size is a lie, and is refused
// before memory is asked for.
constexpr std::uint64_t max_deflate_ratio = 1032;

// Little-endian numbers of a record; the caller has checked its size.
class Record {
 public:
  explicit Record(std::string_view bytes) : bytes_(bytes) {}
  std::uint16_t u16(std::size_t at) const { return static_cast<std::uint16_t>(byte(at) | byte(at + 1) << 8); }
  std::uint32_t u32(std::size_t at) const {
    return static_cast<std::uint32_t>(u16(at)) | static_cast<std::uint32_t>(u16(at + 2)) << 16;
  }

 private:
  unsigned byte(std::size_t at) const { return static_cast<unsigned char>(bytes_[at]); }
  std::string_view bytes_;
};

Error malformed(const std::string& where, const std::string& what) {
  return {"TC6053", where, what, "the file is not a complete .npz"};
}

Result<std::string> inflate_raw(std::string_view compressed, std::size_t size, const std::string& where) {
  if (size > (compressed.size() + 1) * max_deflate_ratio) return malformed(where, "declares an impossible size");
  std::string out(size, '\0');
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return Error("TC8004", where, "zlib cannot start");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(size);
  const int code = inflate(&stream, Z_FINISH);
  const bool complete = code == Z_STREAM_END && stream.avail_out == 0;
  inflateEnd(&stream);
  if (!complete) return malformed(where, "has compressed data that do not inflate to the declared size");
  return out;
}

}  // namespace

Result<std::vector<ZipEntry>> read_zip_directory(std::string_view bytes, const std::string& where) {
  // The end record is the last thing but for a comment of at most 65535 bytes.
  std::size_t end = std::string_view::npos;
  if (bytes.size() >= end_record_bytes) {
    const std::size_t last = bytes.size() - end_record_bytes;
    for (std::size_t back = 0; back <= std::min<std::size_t>(last, 65535); ++back)
      if (Record(bytes.substr(last - back)).u32(0) == end_signature) {
        end = last - back;
        break;
      }
  }
  if (end == std::string_view::npos) return malformed(where, "has no zip directory");
  const Record record(bytes.substr(end));
  const std::size_t count = record.u16(10), directory_size = record.u32(12), directory_offset = record.u32(16);
  if (record.u16(4) != 0 || directory_offset > end || directory_size > end - directory_offset)
    return malformed(where, "has a zip directory outside the file, or is split or zip64");
  std::string_view directory = bytes.substr(directory_offset, directory_size);
  std::vector<ZipEntry> entries;
  for (std::size_t i = 0; i < count; ++i) {
    if (directory.size() < directory_entry_bytes || Record(directory).u32(0) != directory_signature)
      return malformed(where, "has a damaged zip directory");
    const Record r(directory);
    const std::size_t name_size = r.u16(28), total = directory_entry_bytes + name_size + r.u16(30) + r.u16(32);
    if (directory.size() < total) return malformed(where, "has a damaged zip directory");
    ZipEntry entry{std::string(directory.substr(directory_entry_bytes, name_size)), r.u16(10), r.u32(16), r.u32(20),
                   r.u32(24), r.u32(42)};
    if (r.u16(8) & 1) return malformed(where, "has an encrypted array '" + entry.name + "'");
    if (entry.size == zip64_marker || entry.compressed_size == zip64_marker || entry.header_offset == zip64_marker)
      return Error("TC8003", where, "has an array '" + entry.name + "' of more than 4 GiB");
    entries.push_back(std::move(entry));
    directory.remove_prefix(total);
  }
  return entries;
}

Result<std::string> extract_zip_entry(std::string_view bytes, const ZipEntry& entry, const std::string& where) {
  if (entry.header_offset > bytes.size() || bytes.size() - entry.header_offset < local_header_bytes)
    return malformed(where, "lies outside the file");
  const std::string_view local = bytes.substr(entry.header_offset);
  const Record header(local);
  if (header.u32(0) != local_signature) return malformed(where, "has a damaged zip entry");
  const std::size_t start = local_header_bytes + header.u16(26) + header.u16(28);
  if (local.size() < start || local.size() - start < entry.compressed_size)
    return malformed(where, "lies outside the file");
  const std::string_view compressed = local.substr(start, entry.compressed_size);
  if (entry.method != 0 && entry.method != 8)
    return Error("TC6053", where, "is compressed by zip method " + std::to_string(entry.method),
                 "write the .npz with numpy.savez or numpy.savez_compressed");
  if (entry.method == 0 && entry.size != entry.compressed_size) return malformed(where, "has two sizes");
  std::string data =
      entry.method == 0 ? std::string(compressed) : TINYC_TRY(inflate_raw(compressed, entry.size, where));
  const auto checksum = crc32_z(0, reinterpret_cast<const Bytef*>(data.data()), data.size());
  if (checksum != entry.crc32) return malformed(where, "does not match its checksum");
  return data;
}

}  // namespace tinyc
