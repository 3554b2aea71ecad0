#include "lib/support/threads.h"

#include <algorithm>
#include <atomic>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

namespace tinyc {

void run_on_threads(int count, const std::function<void()>& work) {
  std::vector<std::jthread> threads;
  try {
    for (int i = 1; i < count; ++i) threads.emplace_back(work);
  } catch (const std::system_error&) {
  } catch (const std::bad_alloc&) {
  }
  work();
}

void for_each_piece(std::size_t count, int threads, const std::function<void(std::size_t)>& work) {
  const std::size_t cores = threads > 0 ? static_cast<std::size_t>(threads) : std::max(1u, std::thread::hardware_concurrency());
  std::atomic<std::size_t> next{0};
  run_on_threads(static_cast<int>(std::clamp<std::size_t>(count, 1, cores)), [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  });
}

}  // namespace tinyc
