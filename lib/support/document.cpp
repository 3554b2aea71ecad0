#include "lib/support/document.h"

#include <cstdlib>

#include "lib/support/check.h"
#include "lib/support/text.h"

namespace tinyc {

Document::Document(float value) : value_(std::strtod(shortest(value).c_str(), nullptr)) {}

Document& Document::set(std::string_view key, Document value) {
  auto* object = std::get_if<Object>(&value_);
  TINYC_CHECK(object != nullptr, "a member is set in an object");
  for (auto& [name, member] : *object) {
    if (name == key) {
      member = std::move(value);
      return *this;
    }
  }
  object->emplace_back(key, std::move(value));
  return *this;
}

Document& Document::add(Document value) {
  auto* array = std::get_if<Array>(&value_);
  TINYC_CHECK(array != nullptr, "an item is added to an array");
  array->push_back(std::move(value));
  return *this;
}

const Document* Document::find(std::string_view key) const {
  if (const auto* object = std::get_if<Object>(&value_))
    for (const auto& [name, member] : *object)
      if (name == key) return &member;
  return nullptr;
}

}  // namespace tinyc
