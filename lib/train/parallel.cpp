#include "lib/train/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#include "lib/support/threads.h"

namespace tinyc::train {

Status for_each_piece(std::int64_t pieces, int threads, const std::function<Status(std::int64_t)>& work) {
  std::atomic<std::int64_t> next{0};
  std::mutex mutex;  // guards the rest
  std::int64_t failed = pieces;
  std::optional<Error> error;
  std::exception_ptr defect;
  const std::int64_t wanted = threads > 0 ? threads : std::max(1u, std::thread::hardware_concurrency());
  run_on_threads(static_cast<int>(std::clamp<std::int64_t>(wanted, 1, std::max<std::int64_t>(pieces, 1))), [&] {
    for (std::int64_t i = next++; i < pieces; i = next++) {
      std::optional<Error> own;
      std::exception_ptr thrown;
      try {
        const Status status = work(i);
        if (!status.ok()) own = status.error();
      } catch (...) {
        thrown = std::current_exception();
      }
      const std::lock_guard lock(mutex);
      if ((!own && !thrown) || i >= failed) continue;
      failed = i;
      error = std::move(own);
      defect = std::move(thrown);
      next = pieces;
    }
  });
  if (defect) std::rethrow_exception(defect);
  if (error) return *error;
  return {};
}

}  // namespace tinyc::train
