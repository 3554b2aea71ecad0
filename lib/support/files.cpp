#include "lib/support/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <vector>

namespace tinyc {
namespace {

namespace fs = std::filesystem;

Error read_error(const std::string& path, const std::string& why) { return {"TC6001", path, "cannot read: " + why}; }
Error write_error(const std::string& path, const std::string& why) { return {"TC6002", path, "cannot write: " + why}; }

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  int get() const { return fd_; }
  bool close() {
    const int fd = fd_;
    fd_ = -1;
    return fd < 0 || ::close(fd) == 0;
  }

 private:
  int fd_;
};

// What a set of outputs has made so far; undone unless it was committed.
class Transaction {
 public:
  ~Transaction() {
    for (const auto& [temporary, path] : files_) ::unlink(temporary.c_str());
    if (committed_) return;
    for (auto folder = folders_.rbegin(); folder != folders_.rend(); ++folder) ::rmdir(folder->c_str());
  }

  Status make_folders(const fs::path& folder) {
    if (folder.empty()) return {};
    std::error_code error;
    if (fs::is_directory(folder, error)) return {};
    TINYC_TRY(make_folders(folder.parent_path()));
    if (::mkdir(folder.c_str(), 0777) == 0) {
      folders_.push_back(folder.string());
    } else if (errno != EEXIST || !fs::is_directory(folder, error)) {
      return write_error(folder.string(), std::strerror(errno));
    }
    return {};
  }

  Status write(const OutputFile& file) {
    std::error_code error;
    if (fs::is_directory(file.path, error)) return write_error(file.path, "a folder has this name");
    std::string temporary;
    int fd = -1;
    for (int attempt = 0; fd < 0 && attempt < 1000; ++attempt) {
      temporary = file.path + ".tmp" + std::to_string(attempt);
      fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      if (fd < 0 && errno != EEXIST) break;
    }
    if (fd < 0) return write_error(file.path, std::strerror(errno));
    Descriptor out(fd);
    files_.emplace_back(temporary, file.path);
    for (std::size_t done = 0; done < file.contents.size();) {
      const ssize_t n = ::write(fd, file.contents.data() + done, file.contents.size() - done);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return write_error(file.path, std::strerror(errno));
      done += static_cast<std::size_t>(n);
    }
    if (!out.close()) return write_error(file.path, std::strerror(errno));
    return {};
  }

  Status commit() {
    while (!files_.empty()) {
      const auto& [temporary, path] = files_.back();
      if (std::rename(temporary.c_str(), path.c_str()) != 0) return write_error(path, std::strerror(errno));
      committed_ = true;
      files_.pop_back();
    }
    committed_ = true;
    return {};
  }

 private:
  std::vector<std::pair<std::string, std::string>> files_;  // temporary name, final name
  std::vector<std::string> folders_;
  bool committed_ = false;
};

}  // namespace

Result<std::string> read_file(const std::string& path, std::int64_t max_bytes) {
  const Descriptor in(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (in.get() < 0) return read_error(path, std::strerror(errno));
  struct stat info {};
  if (::fstat(in.get(), &info) != 0) return read_error(path, std::strerror(errno));
  if (S_ISDIR(info.st_mode)) return read_error(path, "it is a folder");
  const auto too_large = [&] {
    return Error("TC8002", path, "the file has more than " + std::to_string(max_bytes) + " bytes, tinyc's limit");
  };
  if (info.st_size > max_bytes) return too_large();
  // One byte beyond the size the file says it has, so that its end is seen without another buffer.
  std::string contents(static_cast<std::size_t>(info.st_size) + 1, '\0');
  std::size_t size = 0;
  for (;;) {
    const ssize_t n = ::read(in.get(), contents.data() + size, contents.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return read_error(path, std::strerror(errno));
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
    if (size > static_cast<std::size_t>(max_bytes)) return too_large();
    if (size == contents.size()) contents.resize(std::max<std::size_t>(size * 2, 4096));
  }
  contents.resize(size);
  return contents;
}

Status write_files(std::span<const OutputFile> files) {
  Transaction transaction;
  for (const OutputFile& file : files) {
    TINYC_TRY(transaction.make_folders(fs::path(file.path).parent_path()));
    TINYC_TRY(transaction.write(file));
  }
  return transaction.commit();
}

Status write_file(const std::string& path, std::string contents) {
  const OutputFile file{path, std::move(contents)};
  return write_files({&file, 1});
}

}  // namespace tinyc
