#include "formats/json/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace tinyc {
namespace {

using Json = nlohmann::ordered_json;

std::string scalar(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

bool is_scalar(const Document& document) {
  return !document.get<Document::Array>() && !document.get<Document::Object>();
}

// Members and items on lines of their own; an array of scalars on one.
class Printer {
 public:
  std::string text;

  void print(const Document& document, int depth) {
    document.visit([&](const auto& value) { print_value(value, depth); });
  }

 private:
  template <class T>
  void print_value(const T& value, int) {
    text += scalar(value);
  }
  void print_value(std::monostate, int) { text += "null"; }
  void print_value(const Document::Array& items, int depth) {
    const bool flat = std::all_of(items.begin(), items.end(), is_scalar);
    text += '[';
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i) text += flat ? ", " : ",";
      if (!flat) new_line(depth + 1);
      print(items[i], depth + 1);
    }
    if (!flat) new_line(depth);
    text += ']';
  }
  void print_value(const Document::Object& members, int depth) {
    text += '{';
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i) text += ',';
      new_line(depth + 1);
      text += scalar(members[i].first) + ": ";
      print(members[i].second, depth + 1);
    }
    if (!members.empty()) new_line(depth);
    text += '}';
  }
  void new_line(int depth) { text += '\n' + std::string(static_cast<std::size_t>(depth) * 2, ' '); }
};

Document from_json(const Json& json) {
  switch (json.type()) {
    case Json::value_t::boolean: return json.get<bool>();
    case Json::value_t::number_integer: return json.get<std::int64_t>();
    case Json::value_t::number_unsigned:
      if (json.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) return json.get<double>();
      return json.get<std::int64_t>();
    case Json::value_t::number_float: return json.get<double>();
    case Json::value_t::string: return json.get<std::string>();
    case Json::value_t::array: {
      Document array = Document::array();
      for (const Json& item : json) array.add(from_json(item));
      return array;
    }
    case Json::value_t::object: {
      Document object = Document::object();
      for (const auto& [key, member] : json.items()) object.set(key, from_json(member));
      return object;
    }
    default: return {};
  }
}

}  // namespace

std::string print_json(const Document& document) {
  Printer printer;
  printer.print(document, 0);
  return printer.text + "\n";
}

Result<Document> parse_json(std::string_view text, const std::string& where) {
  constexpr int max_depth = 64;
  bool too_deep = false;
  const auto watch_depth = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > max_depth;
    return !too_deep;
  };
  try {
    const Json json = Json::parse(text, watch_depth);
    if (too_deep) return Error("TC6020", where, "JSON nested deeper than " + std::to_string(max_depth));
    return from_json(json);
  } catch (const Json::parse_error& error) {
    return Error("TC6020", where, "not JSON: error at byte " + std::to_string(error.byte));
  }
}

}  // namespace tinyc
