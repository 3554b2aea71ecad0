#include "lib/support/files.h"

#include <catch2/catch.hpp>
#include <filesystem>

namespace fs = std::filesystem;
using namespace tinyc;

namespace {

struct Folder {
  fs::path path = fs::path("files_test_folder");
  Folder() { fs::remove_all(path); fs::create_directory(path); }
  ~Folder() { fs::remove_all(path); }
  std::string operator/(const char* name) const { return (path / name).string(); }
};

}  // namespace

TEST_CASE("files are written with their folders and read back") {
  const Folder folder;
  const std::string binary("\0a\n\xff", 4);
  const OutputFile files[] = {{folder / "deep/er/a.bin", binary}, {folder / "empty", ""}};
  REQUIRE(write_files(files).ok());
  CHECK(read_file(folder / "deep/er/a.bin").value() == binary);
  CHECK(read_file(folder / "empty").value().empty());
  CHECK(read_file(folder / "deep/er/a.bin", 3).error().diagnostics()[0].id == "TC8002");
  CHECK(read_file(folder / "deep").error().diagnostics()[0].id == "TC6001");
  CHECK(read_file(folder / "absent").error().exit_code() == ExitCode::io);
}

TEST_CASE("a set of files is written as a whole or not at all") {
  const Folder folder;
  REQUIRE(write_file(folder / "a", "before").ok());
  fs::create_directory(folder.path / "taken");
  const OutputFile files[] = {{folder / "a", "after"}, {folder / "new/b", "b"}, {folder / "taken", "c"}};
  CHECK(write_files(files).error().diagnostics()[0].where == folder / "taken");
  CHECK(read_file(folder / "a").value() == "before");
  CHECK_FALSE(fs::exists(folder.path / "new"));
  CHECK(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()) == 2);
}
