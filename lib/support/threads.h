#pragma once
// The same work on several threads.

#include <cstddef>
#include <functional>

namespace tinyc {

// Calls work() on `count` threads, the caller's among them, and waits for all; on fewer where the system has no room
// for another. work() shares out what there is to do and does not throw.
void run_on_threads(int count, const std::function<void()>& work);

// work(0) to work(count - 1), shared out among `threads` threads, 0: as many as there are cores.
void for_each_piece(std::size_t count, int threads, const std::function<void(std::size_t)>& work);

}  // namespace tinyc
