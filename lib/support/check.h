#pragma once
// A check for tinyc's own invariants: a failure is a defect of tinyc, never of its input. It throws
// InternalError, which only main() catches (exit code 1), so that no bug ends in a signal.

#include <stdexcept>
#include <string>

namespace tinyc {

class InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] void check_failed(const char* file, int line, const char* condition, const std::string& message);

}  // namespace tinyc

#define TINYC_CHECK(condition, message)                                                    \
  do {                                                                                     \
    if (!(condition)) ::tinyc::check_failed(__FILE__, __LINE__, #condition, (message));    \
  } while (false)
