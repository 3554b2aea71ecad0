#include "lib/support/memory.h"

#include <sys/resource.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <limits>
#include <mutex>

namespace tinyc {
namespace {

// RLIMIT_DATA counts the heap and private mappings; the hard limit stays, so that the cap can be lifted.
bool set_limit(rlim_t bytes) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_DATA, &limit) != 0) return false;
  limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
  return ::setrlimit(RLIMIT_DATA, &limit) == 0;
}

struct Cap {
  std::mutex mutex;
  rlim_t bytes = RLIM_INFINITY;
  int lifted = 0;
} cap;

}  // namespace

Result<std::int64_t> parse_byte_size(const std::string& option, const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const auto at = std::string_view("KMG").find(unit);
  const int shift = unit.empty() ? 0 : 10 * (static_cast<int>(at) + 1);
  if (error != std::errc() || value < 1 || unit.size() > 1 || at == std::string_view::npos ||
      value > (std::numeric_limits<std::int64_t>::max() >> shift))
    return Error("TC5012", option + " " + text, "not a size", "for example 512M or 2G");
  return value << shift;
}

Status limit_memory(std::int64_t bytes) {
  const std::lock_guard lock(cap.mutex);
  if (!set_limit(static_cast<rlim_t>(bytes)))
    return Error("TC8006", "--max-memory", std::string("the system refuses the limit: ") + std::strerror(errno));
  cap.bytes = static_cast<rlim_t>(bytes);
  return {};
}

MemoryLimitLifted::MemoryLimitLifted() {
  const std::lock_guard lock(cap.mutex);
  if (cap.bytes != RLIM_INFINITY && cap.lifted++ == 0) set_limit(RLIM_INFINITY);
}

MemoryLimitLifted::~MemoryLimitLifted() {
  const std::lock_guard lock(cap.mutex);
  if (cap.bytes != RLIM_INFINITY && --cap.lifted == 0) set_limit(cap.bytes);
}

}  // namespace tinyc
