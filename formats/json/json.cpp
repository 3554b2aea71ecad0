#include "formats/json/json.h"

#include <nlohmann/json.hpp>

namespace tinyc {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const Document& document) {
  struct Visitor {
    Json operator()(std::monostate) const { return nullptr; }
    Json operator()(bool value) const { return value; }
    Json operator()(std::int64_t value) const { return value; }
    Json operator()(double value) const { return value; }
    Json operator()(const std::string& value) const { return value; }
    Json operator()(const Document::Array& items) const {
      Json json = Json::array();
      for (const Document& item : items) json.push_back(to_json(item));
      return json;
    }
    Json operator()(const Document::Object& members) const {
      Json json = Json::object();
      for (const auto& [key, member] : members) json[key] = to_json(member);
      return json;
    }
  };
  return document.visit(Visitor{});
}

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
  return to_json(document).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
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
