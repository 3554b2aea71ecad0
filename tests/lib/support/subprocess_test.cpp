#include "lib/support/subprocess.h"

#include <catch2/catch.hpp>

#include "lib/support/files.h"

using namespace tinyc;
using namespace std::chrono_literals;

TEST_CASE("a subprocess's output, errors and exit code are captured") {
  auto folder = TemporaryDirectory::make();
  REQUIRE(folder.ok());
  const auto run = run_subprocess({{"sh", "-c", "pwd; echo wrong >&2; exit 3"}, folder->path()});
  REQUIRE(run.ok());
  CHECK(run->exit_code == 3);
  CHECK(run->output == folder->path().string() + "\n");
  CHECK(run->errors == "wrong\n");
  CHECK_FALSE(run->ok());
}

TEST_CASE("arguments reach a subprocess as they are") {
  const auto run = run_subprocess({{"printf", "%s|", "a b", "$HOME", "*", ""}});
  REQUIRE(run.ok());
  CHECK(run->output == "a b|$HOME|*||");
}

TEST_CASE("a subprocess that takes too long is ended with its children") {
  const auto begin = std::chrono::steady_clock::now();
  const auto run = run_subprocess({{"sh", "-c", "sleep 60 & wait"}, {}, 200ms});
  REQUIRE(run.ok());
  CHECK(run->timed_out);
  CHECK(std::chrono::steady_clock::now() - begin < 10s);
}

TEST_CASE("a program that is not installed is named") {
  const auto run = run_subprocess({{"tinyc-no-such-program"}});
  REQUIRE_FALSE(run.ok());
  CHECK(run.error().exit_code() == ExitCode::io);
  CHECK_THAT(run.error().to_string(), Catch::Contains("tinyc-no-such-program: is not installed"));
}

TEST_CASE("more output than a pipe holds does not block") {
  const auto run = run_subprocess({{"sh", "-c", "head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2"}});
  REQUIRE(run.ok());
  CHECK(run->output.size() == 300000);
  CHECK(run->errors.size() == 300000);
}

TEST_CASE("a temporary folder goes with its owner") {
  std::filesystem::path path;
  {
    auto folder = TemporaryDirectory::make();
    REQUIRE(folder.ok());
    path = folder->path();
    std::filesystem::create_directories(path / "a" / "b");
    CHECK(std::filesystem::is_directory(path));
  }
  CHECK_FALSE(std::filesystem::exists(path));
}
