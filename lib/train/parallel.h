#pragma once
// Numbered pieces of work on several threads. What a piece computes must not depend on the thread that does it.

#include <cstdint>
#include <functional>

#include "lib/support/result.h"

namespace tinyc::train {

// Calls work(piece) for 0..pieces-1, on as many threads as asked for (0: as cores). The error of the lowest piece that failed.
Status for_each_piece(std::int64_t pieces, int threads, const std::function<Status(std::int64_t)>& work);

}  // namespace tinyc::train
