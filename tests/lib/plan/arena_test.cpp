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
std::int64_t alive_at_worst(const std::vector<Buffer>& buffers, std::int64_t alignment) {
  std::int64_t worst = 0;
  for (int step = 0; step < 40; ++step) {
    std::int64_t sum = 0, waste = 0;
    for (const Buffer& b : buffers)
      if (b.first <= step && step <= b.last) {
        const std::int64_t units = (b.bytes + alignment - 1) / alignment;
        sum += units * alignment;
        waste = std::max(waste, units * alignment - b.bytes);
      }
    worst = std::max(worst, sum - waste);
  }
  return worst;
}

void check_plan(const std::vector<Buffer>& buffers, const ArenaPlan& plan, std::int64_t alignment) {
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
}

}  // namespace

TEST_CASE("no two live buffers overlap, whatever the lifetimes") {
  Rng rng(7);
  for (int trial = 0; trial < 500; ++trial) {
    const auto buffers = random_buffers(rng);
    const std::int64_t alignment = std::int64_t{1} << rng.integer(0, 4);
    const ArenaPlan plan = plan_arena(buffers, alignment);
    check_plan(buffers, plan, alignment);
    REQUIRE(plan.lower_bound.count == alive_at_worst(buffers, alignment));
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

// The lowest peak of all placements in which buffers lie on others or on the ground, by trying every order.
std::int64_t best_peak(const std::vector<Buffer>& buffers) {
  std::vector<std::size_t> order(buffers.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::int64_t best = 1 << 30;
  do {
    std::vector<std::int64_t> end(buffers.size(), 0);
    std::int64_t peak = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      const Buffer& buffer = buffers[order[i]];
      std::int64_t offset = 0;
      for (std::size_t j = 0; j < i; ++j)
        if (buffer.first <= buffers[order[j]].last && buffers[order[j]].first <= buffer.last) offset = std::max(offset, end[order[j]]);
      end[order[i]] = offset + buffer.bytes;
      peak = std::max(peak, end[order[i]]);
    }
    best = std::min(best, peak);
  } while (std::next_permutation(order.begin(), order.end()));
  return best;
}

TEST_CASE("the search finds the best placement of few buffers, and never a worse one than it begins with") {
  Rng rng(5);
  int improved = 0, above_bound = 0;
  for (int trial = 0; trial < 150; ++trial) {
    std::vector<Buffer> buffers(7);
    for (Buffer& buffer : buffers) {
      buffer.bytes = rng.integer(1, 9);
      buffer.first = static_cast<int>(rng.integer(0, 6));
      buffer.last = buffer.first + static_cast<int>(rng.integer(0, 4));
    }
    const ArenaPlan first = plan_arena(buffers, 1), plan = improve_arena(buffers, first, 1);
    check_plan(buffers, plan, 1);
    REQUIRE(plan.proved);
    REQUIRE(plan.peak.count == best_peak(buffers));
    improved += plan.peak < first.peak;
    above_bound += plan.peak > plan.lower_bound;
  }
  CHECK(improved > 0);
  INFO(above_bound);
  for (int trial = 0; trial < 60; ++trial) {
    const auto buffers = random_buffers(rng);
    const ArenaPlan first = plan_arena(buffers, 8), plan = improve_arena(buffers, first, 8);
    check_plan(buffers, plan, 8);
    REQUIRE(plan.peak <= first.peak);
    REQUIRE(improve_arena(buffers, first, 8).offset == plan.offset);
  }
}

TEST_CASE("what a buffer no longer uses is free for others") {
  const std::vector<Buffer> buffers{{104, 0, 3, {{0, 1, 0, 104}, {2, 3, 0, 40}}}, {64, 2, 3}, {200, 4, 5, {{4, 4, 0, 200}, {5, 5, 160, 200}}}, {160, 5, 5}};
  const ArenaPlan plan = plan_arena(buffers);
  CHECK(plan.lower_bound == Bytes(200));
  CHECK(plan.peak == Bytes(200));
  CHECK(plan.offset[1] >= 40);
  CHECK(plan.offset[1] + 64 <= 200);
  CHECK(improve_arena(buffers, plan).offset == plan.offset);
}

TEST_CASE("an empty plan is empty") {
  CHECK(plan_arena({}).peak == Bytes(0));
  CHECK(plan_arena({}).lower_bound == Bytes(0));
}
