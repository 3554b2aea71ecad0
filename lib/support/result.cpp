#include "lib/support/result.h"

#include "lib/support/check.h"

namespace tinyc {

std::string to_string(const Diagnostic& diagnostic) {
  std::string text = diagnostic.id + ": ";
  if (!diagnostic.where.empty()) text += diagnostic.where + ": ";
  text += diagnostic.message;
  if (!diagnostic.remedy.empty()) text += " (" + diagnostic.remedy + ")";
  return text;
}

ExitCode Error::exit_code() const {
  TINYC_CHECK(!diagnostics_.empty() && diagnostics_.front().id.size() > 2, "an error without a diagnostic");
  const int code = diagnostics_.front().id[2] - '0';
  TINYC_CHECK(code >= 1 && code <= 8, "a diagnostic id that names no exit code");
  return static_cast<ExitCode>(code);
}

std::string Error::to_string() const {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics_) {
    if (!text.empty()) text += '\n';
    text += tinyc::to_string(diagnostic);
  }
  return text;
}

}  // namespace tinyc
