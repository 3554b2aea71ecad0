#include "apps/driver/mcu_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/json/json.h"
#include "lib/support/files.h"
#include "lib/support/text.h"

namespace tinyc {
namespace {

std::optional<double> number(const Document& value) {
  if (const auto* real = value.get<double>()) return *real;
  if (const auto* integer = value.get<std::int64_t>()) return static_cast<double>(*integer);
  return std::nullopt;
}

Result<const McuField*> field_of(const std::string& name, const std::string& where) {
  std::vector<std::string> known;
  for (const McuField& field : mcu_fields()) {
    if (field.name == name) return &field;
    known.emplace_back(field.name);
    if (field.name.starts_with(name + "_"))
      return Error("TC5075", where, "\"" + name + "\" has no unit", fmt::format("write \"{}\"", field.name));
  }
  const auto near = near_matches(name, known);
  return Error("TC5075", where, "\"" + name + "\" is no figure of a microcontroller",
               near.empty() ? "they are " + join(known, ", ") : "did you mean " + join(near, ", ") + "?");
}

Result<Figure> figure_of(const McuField& field, const Document& value, const std::string& where) {
  Figure figure;
  const Document* inner = value.find("value");
  const auto amount = number(inner ? *inner : value);
  const std::string at = where + ", " + std::string(field.name);
  if (!amount) return Error("TC5075", at, "not a number", "write a number, or {\"value\": 1.5, \"source\": \"...\"}");
  if (*amount < field.least)
    return Error("TC5075", at, fmt::format("{} cannot be the {}", *amount, field.meaning),
                 *amount < 0 ? "it is not negative" : fmt::format("it is at least {}", field.least));
  figure.value = *amount;
  for (const auto& [key, text] : {std::pair{"condition", &figure.condition}, {"source", &figure.source}})
    if (const Document* found = value.find(key))
      if (const auto* given = found->get<std::string>()) *text = *given;
  if (figure.source.empty()) figure.source = where;
  return figure;
}

}  // namespace

Result<Target> read_mcu_file(const std::string& path) {
  const std::string text = TINYC_TRY(read_file(path));
  const Document document = TINYC_TRY(parse_json(text, path));
  const auto text_of = [&](std::string_view key) {
    const Document* member = document.find(key);
    const auto* value = member ? member->get<std::string>() : nullptr;
    return value ? *value : std::string();
  };
  auto mcu = std::make_shared<Mcu>(Mcu{.name = text_of("name"), .core = text_of("core")});
  if (mcu->name.empty() || mcu->core.empty())
    return Error("TC5075", path, "a microcontroller needs a \"name\" and a \"core\"", "for example \"core\": \"cortex-m4\"");
  const Core* core = find_core(mcu->core);
  if (!core) return Error("TC5075", path, "there is no core \"" + mcu->core + "\"", "`tinyc targets` lists them");
  const Document* figures = document.find("figures");
  const auto* members = figures ? figures->get<Document::Object>() : nullptr;
  if (!members) return Error("TC5075", path, "no object \"figures\"", "for example \"figures\": {\"clock_mhz\": 80}");
  for (const auto& [name, value] : *members) {
    const McuField* field = TINYC_TRY(field_of(name, path));
    mcu->figures[name] = TINYC_TRY(figure_of(*field, value, path));
  }
  Target target{core, mcu.get()};
  target.own = std::move(mcu);
  return target;
}

Document to_document(const Mcu& mcu) {
  Document figures = Document::object();
  for (const McuField& field : mcu_fields()) {
    const Figure* figure = mcu.find(field.name);
    if (!figure) continue;
    Document row = Document::object();
    row.set("value", figure->value);
    if (!figure->condition.empty()) row.set("condition", figure->condition);
    figures.set(field.name, row.set("source", figure->source));
  }
  return Document::object().set("schema", "tinyc-mcu").set("schema_version", 1).set("name", mcu.name).set("core", mcu.core)
      .set("figures", std::move(figures));
}

}  // namespace tinyc
