#include "lib/support/threads.h"

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

}  // namespace tinyc
