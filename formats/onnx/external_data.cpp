#include "formats/onnx/external_data.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "lib/support/text.h"

namespace tinyc::onnx_format {
namespace {

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  File& operator=(File&& other) noexcept { std::swap(descriptor_, other.descriptor_); return *this; }
  ~File() { if (descriptor_ >= 0) ::close(descriptor_); }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

struct Location {
  std::string path;
  std::int64_t offset = 0;
  std::int64_t length = -1;  // -1: to the end of the file
};

Result<std::int64_t> parse_size(const std::string& text, const std::string& key, const std::string& where) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0)
    return Error("TC4107", where, "the " + key + " '" + text + "' of external data is not a size");
  return value;
}

Result<Location> location_of(const onnx::TensorProto& proto, const std::string& where) {
  Location location;
  for (const auto& entry : proto.external_data()) {
    if (entry.key() == "location") location.path = entry.value();
    else if (entry.key() == "offset") location.offset = TINYC_TRY(parse_size(entry.value(), "offset", where));
    else if (entry.key() == "length") location.length = TINYC_TRY(parse_size(entry.value(), "length", where));
  }
  if (location.path.empty()) return Error("TC4107", where, "external data without a location");
  return location;
}

// Opens one path component after the other, so that no link can be swapped in between.
Result<File> open_beneath(const std::filesystem::path& folder, const std::string& path, const std::string& where) {
  const auto forbidden = [&](const std::string& why) {
    return Error("TC4107", where, "external data '" + path + "': " + why,
                 "it must be a regular file in the model's folder or below");
  };
  if (path.front() == '/' || path.find('\0') != path.npos) return forbidden("not a relative path");
  const std::string root = folder.empty() ? "." : folder.string();
  File at(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (at.get() < 0) return Error("TC6003", where, "cannot open the model's folder: " + std::string(std::strerror(errno)));
  const std::vector<std::string> parts = split(path, '/');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i] == "..") return forbidden("leaves the model's folder");
    if (parts[i].empty() || parts[i] == ".") continue;
    File next(::openat(at.get(), parts[i].c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (next.get() < 0 && errno == ELOOP) return forbidden("is a symbolic link");
    if (next.get() < 0)
      return Error("TC6003", where, "external data '" + path + "' cannot be read: " + std::string(std::strerror(errno)),
                   "keep the model's data files beside it");
    at = std::move(next);
  }
  struct stat info {};
  if (::fstat(at.get(), &info) != 0 || !S_ISREG(info.st_mode)) return forbidden("is not a regular file");
  return at;
}

}  // namespace

Result<std::string> read_external_data(const onnx::TensorProto& proto, const std::string& where, std::int64_t wanted,
                                       ExternalData& external) {
  const Location location = TINYC_TRY(location_of(proto, where));
  const File file = TINYC_TRY(open_beneath(external.folder, location.path, where));
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return Error("TC6003", where, "external data cannot be read");
  const std::int64_t available = info.st_size - location.offset;
  const std::int64_t length = location.length < 0 ? available : location.length;
  if (available < 0 || length > available)
    return Error("TC4107", where, "external data '" + location.path + "' has " + std::to_string(info.st_size) +
                                      " bytes, fewer than the tensor's offset and length ask for");
  if (length != wanted)
    return Error("TC4102", where, "the tensor needs " + std::to_string(wanted) + " bytes, its external data has " +
                                      std::to_string(length));
  external.bytes_left -= length;
  if (external.bytes_left < 0) return Error("TC8102", where, "the model's external data is beyond tinyc's limit");
  std::string bytes(static_cast<std::size_t>(length), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::pread(file.get(), bytes.data() + done, bytes.size() - done,
                              static_cast<off_t>(location.offset) + static_cast<off_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return Error("TC6003", where, "external data '" + location.path + "' cannot be read");
    done += static_cast<std::size_t>(n);
  }
  return bytes;
}

}  // namespace tinyc::onnx_format
