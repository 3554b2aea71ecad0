#include "lib/plan/arena.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "lib/support/rng.h"

using namespace tinyc;

namespace {

std::vector<Buffer> random_buffers(Rng& rng) {
  std::vector<Buffer> buffers(static_cast<std::size_t>(rng.integer(0, 30)));
  for (Buffer& buffer : buffers) {
    buffer.bytes = rng.integer(0, 5) == 0 ? rng.integer(0, 3) : rng.integer(1, 5000);
    buffer.first = static_cast<int>(rng.integer(0, 15));
    buffer.last = buffer.first + static_cast<int>(rng.integer(0, 6));
  }
  return buffers;
}

// The bytes alive at the step where most are, counted step by step.
std::int64_t alive_at_worst(const std::vector<Buffer>& buffers) {
  std::int64_t worst = 0;
  for (int step = 0; step < 40; ++step) {
    std::int64_t sum = 0;
    for (const Buffer& b : buffers)
      if (b.first <= step && step <= b.last) sum += b.bytes;
    worst = std::max(worst, sum);
  }
  return worst;
}

}  // namespace

TEST_CASE("no two live buffers overlap, whatever the lifetimes") {
  Rng rng(7);
  for (int trial = 0; trial < 500; ++trial) {
    const auto buffers = random_buffers(rng);
    const std::int64_t alignment = std::int64_t{1} << rng.integer(0, 4);
    const ArenaPlan plan = plan_arena(buffers, alignment);
    REQUIRE(plan.offset.size() == buffers.size());
    std::int64_t end = 0;
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      REQUIRE(plan.offset[i] >= 0);
      REQUIRE(plan.offset[i] % alignment == 0);
      end = std::max(end, plan.offset[i] + buffers[i].bytes);
      for (std::size_t j = 0; j < i; ++j) {
        const bool together = buffers[i].first <= buffers[j].last && buffers[j].first <= buffers[i].last;
        const bool apart = plan.offset[i] + buffers[i].bytes <= plan.offset[j] ||
                           plan.offset[j] + buffers[j].bytes <= plan.offset[i];
        REQUIRE((!together || apart || buffers[i].bytes == 0 || buffers[j].bytes == 0));
      }
    }
    REQUIRE(plan.peak.count == end);
    REQUIRE(plan.lower_bound.count == alive_at_worst(buffers));
    REQUIRE(plan.peak >= plan.lower_bound);
    REQUIRE(plan_arena(buffers, alignment).offset == plan.offset);
  }
}

TEST_CASE("a chain of layers needs no more than its two largest neighbours") {
  const std::vector<Buffer> chain{{400, 0, 0}, {8000, 0, 1}, {8000, 1, 2}, {640, 2, 3}, {16, 3, 4}};
  const ArenaPlan plan = plan_arena(chain);
  CHECK(plan.lower_bound == Bytes(16000));
  CHECK(plan.peak == Bytes(16000));
}

TEST_CASE("a gap is filled by the buffer that fits it best") {
  // 100 alive throughout, 64 and 24 leave gaps of these sizes between live buffers at step 2.
  const std::vector<Buffer> buffers{{100, 0, 3}, {64, 0, 1}, {90, 0, 3}, {24, 0, 1}, {80, 0, 3}, {24, 2, 3}, {64, 2, 3}};
  const ArenaPlan plan = plan_arena(buffers, 1);
  CHECK(plan.peak == plan.lower_bound);
}

TEST_CASE("an empty plan is empty") {
  CHECK(plan_arena({}).peak == Bytes(0));
  CHECK(plan_arena({}).lower_bound == Bytes(0));
}
