#pragma once
// What a user sees: results on stdout, progress on a terminal's stderr.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "lib/support/result.h"

namespace tinyc::cli {

// Writes all of it; TC6003 when stdout takes no more.
Status print_result(std::string_view text);

// --quiet hides progress, too.
void set_progress(bool enabled);

// Draws "what [#####.....] 50 %" on one line of stderr, only when that is a terminal; wiped when done == total.
void show_progress(std::string_view what, std::int64_t done, std::int64_t total);

// Whether the user has pressed ctrl-C since the first call; a second time ends the program.
bool interrupted();

}  // namespace tinyc::cli
