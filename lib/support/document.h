#pragma once
// A tree of plain values: what reports are before formats/json writes them. Objects keep the order in which their
// keys were set.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tinyc {

class Document {
 public:
  using Array = std::vector<Document>;
  using Object = std::vector<std::pair<std::string, Document>>;

  Document() = default;  // null
  Document(bool value) : value_(value) {}
  Document(int value) : value_(std::int64_t{value}) {}
  Document(std::int64_t value) : value_(value) {}
  Document(double value) : value_(value) {}
  Document(float value);  // as the shortest decimal that reads back as this float
  Document(std::string value) : value_(std::move(value)) {}
  Document(std::string_view value) : value_(std::string(value)) {}
  Document(const char* value) : value_(std::string(value)) {}
  Document(Array value) : value_(std::move(value)) {}
  Document(Object value) : value_(std::move(value)) {}

  static Document array() { return Document(Array{}); }
  static Document object() { return Document(Object{}); }
  template <class Range>
  static Document array_of(const Range& range) {
    Array items;
    for (const auto& item : range) items.emplace_back(item);
    return Document(std::move(items));
  }

  // Of an object; returns *this, so that calls chain.
  Document& set(std::string_view key, Document value);
  // Of an array.
  Document& add(Document value);
  // A member of an object; nullptr when there is none or this is no object.
  const Document* find(std::string_view key) const;

  template <class T>
  const T* get() const {
    return std::get_if<T>(&value_);
  }
  template <class Visitor>
  decltype(auto) visit(Visitor&& visitor) const {
    return std::visit(std::forward<Visitor>(visitor), value_);
  }

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

}  // namespace tinyc
