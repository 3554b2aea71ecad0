#include "lib/plan/arena.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "lib/support/check.h"

namespace tinyc {
namespace {

bool alive_together(const Buffer& a, const Buffer& b) { return a.first <= b.last && b.first <= a.last; }

std::int64_t round_up(std::int64_t value, std::int64_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

// The smallest gap that holds `bytes` between the taken ranges (sorted by begin), or the place after them.
std::int64_t best_fit(const std::vector<std::pair<std::int64_t, std::int64_t>>& taken, std::int64_t bytes,
                      std::int64_t alignment) {
  std::int64_t best = -1, best_gap = std::numeric_limits<std::int64_t>::max(), free_from = 0;
  for (const auto& [begin, end] : taken) {
    const std::int64_t gap = begin - free_from;
    if (gap >= bytes && gap < best_gap) {
      best = free_from;
      best_gap = gap;
    }
    free_from = std::max(free_from, round_up(end, alignment));
  }
  return best >= 0 ? best : free_from;
}

std::int64_t largest_sum_alive(const std::vector<Buffer>& buffers) {
  std::int64_t largest = 0;
  for (const Buffer& at : buffers) {  // the sum can only grow where a buffer begins
    std::int64_t sum = 0;
    for (const Buffer& buffer : buffers)
      if (buffer.first <= at.first && at.first <= buffer.last) sum += buffer.bytes;
    largest = std::max(largest, sum);
  }
  return largest;
}

ArenaPlan place_in_order(const std::vector<Buffer>& buffers, const std::vector<std::size_t>& order, std::int64_t alignment) {
  ArenaPlan plan;
  plan.offset.assign(buffers.size(), 0);
  std::vector<std::size_t> placed;
  for (const std::size_t i : order) {
    std::vector<std::pair<std::int64_t, std::int64_t>> taken;
    for (const std::size_t j : placed)
      if (alive_together(buffers[i], buffers[j])) taken.emplace_back(plan.offset[j], plan.offset[j] + buffers[j].bytes);
    std::sort(taken.begin(), taken.end());
    plan.offset[i] = best_fit(taken, buffers[i].bytes, alignment);
    plan.peak = std::max(plan.peak, Bytes(plan.offset[i] + buffers[i].bytes));
    placed.push_back(i);
  }
  return plan;
}

}  // namespace

ArenaPlan plan_arena(const std::vector<Buffer>& buffers, std::int64_t alignment) {
  TINYC_CHECK(alignment > 0, "a positive alignment");
  for (const Buffer& buffer : buffers)
    TINYC_CHECK(buffer.bytes >= 0 && buffer.first <= buffer.last, "a buffer with a size and a lifetime");
  using Before = bool (*)(const Buffer&, const Buffer&);
  constexpr Before orders[] = {
      [](const Buffer& a, const Buffer& b) { return a.bytes > b.bytes; },
      [](const Buffer& a, const Buffer& b) { return a.bytes * (a.last - a.first + 1) > b.bytes * (b.last - b.first + 1); },
      [](const Buffer& a, const Buffer& b) { return a.first < b.first; },
      [](const Buffer& a, const Buffer& b) { return a.last > b.last; },
      [](const Buffer& a, const Buffer& b) { return a.last - a.first > b.last - b.first; },
  };
  ArenaPlan best;
  for (const Before before : orders) {
    std::vector<std::size_t> order(buffers.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return before(buffers[a], buffers[b]); });
    ArenaPlan plan = place_in_order(buffers, order, alignment);
    if (best.offset.size() != buffers.size() || plan.peak < best.peak) best = std::move(plan);
  }
  best.lower_bound = Bytes(largest_sum_alive(buffers));
  return best;
}

}  // namespace tinyc
