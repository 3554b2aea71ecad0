#pragma once
// What the printer and the parser of graphs share: words, names and quoted text.

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/ir/type.h"

namespace tinyc::text_syntax {

inline constexpr std::int64_t max_listed = 16;  // constants of more elements print as base64

inline bool starts_word(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }
inline bool continues_word(char c) { return starts_word(c) || (c >= '0' && c <= '9') || c == '.' || c == '/'; }

// "(0.1:-128)", "(axis=0, scale=[0.5, 1], zero_point=[0, 0])"
std::string parameters(const Quantization& quantization);

// Can the name stand without quotes?
inline bool is_bare(std::string_view name) {
  if (name.empty() || !starts_word(name.front())) return false;
  for (const char c : name)
    if (!continues_word(c)) return false;
  return true;
}

// "..." with \" \\ \n \t and \xNN for other control characters.
inline std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') result += std::string("\\") + c;
    else if (c == '\n') result += "\\n";
    else if (c == '\t') result += "\\t";
    else if (code < 0x20 || code == 0x7f) result += std::string("\\x") + "0123456789abcdef"[code >> 4] + "0123456789abcdef"[code & 15];
    else result += c;
  }
  return result + "\"";
}

}  // namespace tinyc::text_syntax
