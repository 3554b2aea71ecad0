#include "formats/json/json.h"

#include <catch2/catch.hpp>

using namespace tinyc;

TEST_CASE("a document prints as JSON in the order it was made, and reads back", "[json]") {
  Document document = Document::object();
  document.set("name", "a \"b\"").set("bytes", 12).set("scale", 0.1f).set("ok", true).set("none", Document());
  document.set("shape", Document::array_of(std::vector<std::int64_t>{1, 2}));
  document.set("layers", Document::array().add(Document::object()));
  const std::string text = print_json(document);
  CHECK(text == R"({
  "name": "a \"b\"",
  "bytes": 12,
  "scale": 0.1,
  "ok": true,
  "none": null,
  "shape": [1, 2],
  "layers": [
    {}
  ]
}
)");
  const auto parsed = parse_json(text, "report.json");
  REQUIRE(parsed.ok());
  CHECK(print_json(*parsed) == text);
}

TEST_CASE("names that are not UTF-8 and numbers that JSON has not do not break the text", "[json]") {
  Document document = Document::array();
  document.add("\xff").add(1.0 / 0.0);
  CHECK(parse_json(print_json(document), "").ok());
}

TEST_CASE("what is no JSON is refused as a file error", "[json]") {
  for (const std::string& text : {std::string(), std::string("{"), std::string("[1,]"), std::string(100000, '[')}) {
    const auto parsed = parse_json(text, "budget.json");
    REQUIRE(!parsed.ok());
    CHECK(parsed.error().exit_code() == ExitCode::io);
  }
  const auto deep = parse_json(std::string(100, '[') + std::string(100, ']'), "budget.json");
  REQUIRE(!deep.ok());
  CHECK(deep.error().to_string().find("nested deeper") != std::string::npos);
}
