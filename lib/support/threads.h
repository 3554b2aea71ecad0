#pragma once
// The same work on several threads.

#include <functional>

namespace tinyc {

// Calls work() on `count` threads, the caller's among them, and waits for all; on fewer where the system has no room
// for another. work() shares out what there is to do and does not throw.
void run_on_threads(int count, const std::function<void()>& work);

}  // namespace tinyc
