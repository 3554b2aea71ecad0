#include "lib/support/threads.h"

#include <atomic>
#include <catch2/catch.hpp>

namespace tinyc {
namespace {

TEST_CASE("threads share out the work, the caller's is one of them") {
  for (const int count : {1, 4, 0}) {
    std::atomic<int> next{0}, calls{0};
    std::vector<std::atomic<int>> done(100);
    run_on_threads(count, [&] {
      ++calls;
      for (int i = next++; i < 100; i = next++) ++done[static_cast<std::size_t>(i)];
    });
    CHECK(calls == std::max(count, 1));
    for (const auto& times : done) CHECK(times == 1);
  }
}

}  // namespace
}  // namespace tinyc
