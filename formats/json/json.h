#pragma once
// JSON text of a Document and back.

#include <string>
#include <string_view>

#include "lib/support/document.h"
#include "lib/support/result.h"

namespace tinyc {

// Indented by two, arrays of scalars on one line, with a newline at the end. Numbers that JSON has not (nan, inf) become null; bytes that are not
// UTF-8 are replaced.
std::string print_json(const Document& document);

// TC6020 with the position for text that is no JSON or nested deeper than 64; `where` is what messages call it.
Result<Document> parse_json(std::string_view text, const std::string& where);

}  // namespace tinyc
