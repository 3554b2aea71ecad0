#include "lib/support/memory.h"

#include <catch2/catch.hpp>

namespace tinyc {
namespace {

TEST_CASE("sizes in bytes are numbers with K, M or G") {
  const auto size = [](const char* text) { return parse_byte_size("--max-memory", text); };
  CHECK(*size("1") == 1);
  CHECK(*size("3K") == 3 * 1024);
  CHECK(*size("512M") == std::int64_t{512} << 20);
  CHECK(*size("8G") == std::int64_t{8} << 30);
  for (const char* wrong : {"", "0", "-1", "M", "1T", "1MB", "1.5G", "9223372036854775807K", "99999999999999999999"}) {
    CAPTURE(wrong);
    REQUIRE_FALSE(size(wrong).ok());
    CHECK(size(wrong).error().exit_code() == ExitCode::usage);
  }
}

}  // namespace
}  // namespace tinyc
