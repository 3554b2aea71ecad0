#pragma once
// A cap on the memory that this process may allocate; beyond it allocations throw std::bad_alloc.

#include <cstdint>

#include "lib/support/result.h"

namespace tinyc {

// "512M": a number of bytes with K, M or G for powers of 1024. TC5012.
Result<std::int64_t> parse_byte_size(const std::string& option, const std::string& text);

// TC8006 when the system refuses. Stacks of threads count, programs that run_subprocess starts do not.
Status limit_memory(std::int64_t bytes);

// While one lives, processes are started without the cap.
class MemoryLimitLifted {
 public:
  MemoryLimitLifted();
  ~MemoryLimitLifted();
  MemoryLimitLifted(const MemoryLimitLifted&) = delete;
  MemoryLimitLifted& operator=(const MemoryLimitLifted&) = delete;
};

}  // namespace tinyc
