#include "lib/support/check.h"

#include <string_view>

namespace tinyc {

void check_failed(const char* file, int line, const char* condition, const std::string& message) {
  std::string_view path(file);
  for (const std::string_view root : {"lib/", "passes/", "formats/", "apps/"})
    if (const auto at = path.rfind(root); at != path.npos) { path.remove_prefix(at); break; }
  throw InternalError("internal error: " + message + " [" + condition + ", " + std::string(path) + ":" +
                      std::to_string(line) + "]");
}

}  // namespace tinyc
