#pragma once
// What a user's file or flag can cause is returned, never thrown: Result<T> holds a value or
// an Error. Defects of tinyc itself throw InternalError (see check.h).

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tinyc {

// The process exit codes, documented in README.md. A diagnostic id such as "TC3012" starts with
// the digit of its exit code.
enum class ExitCode : int {
  ok = 0,
  internal = 1,
  gate_missed = 2,     // a budget or an accuracy gate
  unsupported = 3,     // a valid model that tinyc cannot compile
  invalid_model = 4,   // not a valid model
  usage = 5,           // wrong flags
  io = 6,              // files, and data of the wrong shape or content
  mismatch = 7,        // verification found a difference
  resource = 8,        // a limit on memory or size
};

struct Diagnostic {
  std::string id;       // "TC3012", stable
  std::string where;    // the node's or tensor's own name in the user's file, a flag or a path; may be empty
  std::string message;  // what is wrong, one sentence without a full stop
  std::string remedy;   // what to do; may be empty
};

// "TC3012: conv1: kernel of rank 5 is not supported (use --keep-float conv1)"
std::string to_string(const Diagnostic& diagnostic);

// One or more diagnostics; all blockers of a kind are collected before returning.
class [[nodiscard]] Error {
 public:
  Error(std::string id, std::string where, std::string message, std::string remedy = {})
      : diagnostics_{{std::move(id), std::move(where), std::move(message), std::move(remedy)}} {}
  explicit Error(std::vector<Diagnostic> diagnostics) : diagnostics_(std::move(diagnostics)) {}

  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }
  void append(const Error& other) {
    diagnostics_.insert(diagnostics_.end(), other.diagnostics_.begin(), other.diagnostics_.end());
  }
  ExitCode exit_code() const;    // of the first diagnostic
  std::string to_string() const;  // one line per diagnostic

 private:
  std::vector<Diagnostic> diagnostics_;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T held) : state_(std::in_place_index<0>, std::move(held)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  const Error& error() const { return std::get<1>(state_); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, Error> state_;
};

struct Unit {};

class [[nodiscard]] Status : public Result<Unit> {
 public:
  Status() : Result<Unit>(Unit{}) {}
  Status(Error error) : Result<Unit>(std::move(error)) {}
};

}  // namespace tinyc

// TINYC_TRY(expression) is the value of a Result, or returns its error from the enclosing function. Nests. Where
// several members or arguments own memory, take the value into a variable first: a return out of a braced list or
// an argument list does not destroy those already built (`return X{name, TINYC_TRY(f())}` leaks the name).
#define TINYC_TRY(expression) TINYC_TRY_NAMED(expression, TINYC_JOIN(tinyc_result_, __COUNTER__))
#define TINYC_TRY_NAMED(expression, result) \
  __extension__({                           \
    auto result = (expression);             \
    if (!result.ok()) return result.error(); \
    std::move(result).value();              \
  })
#define TINYC_JOIN(a, b) TINYC_JOIN_EXPANDED(a, b)
#define TINYC_JOIN_EXPANDED(a, b) a##b
