#pragma once
// The attributes of a node: a small sorted map from name to value. Reading one that is absent or of
// another kind than asked for is a defect of the reader; an importer checks user input first.

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lib/ir/tensor.h"

namespace tinyc {

using Attribute = std::variant<std::int64_t, double, std::string, std::vector<std::int64_t>, std::vector<double>,
                               std::vector<std::string>, Tensor>;

class Attributes {
 public:
  Attributes() = default;
  Attributes(std::initializer_list<std::pair<const std::string, Attribute>> items) : items_(items) {}

  bool has(std::string_view name) const { return items_.find(name) != items_.end(); }
  const Attribute* find(std::string_view name) const;
  void set(std::string name, Attribute value) { items_.insert_or_assign(std::move(name), std::move(value)); }
  void erase(std::string_view name);

  std::int64_t integer(std::string_view name) const;
  double real(std::string_view name) const;
  const std::string& text(std::string_view name) const;
  const std::vector<std::int64_t>& integers(std::string_view name) const;
  const std::vector<double>& reals(std::string_view name) const;
  const Tensor& tensor(std::string_view name) const;

  std::int64_t integer_or(std::string_view name, std::int64_t otherwise) const;
  double real_or(std::string_view name, double otherwise) const;
  std::string text_or(std::string_view name, std::string otherwise) const;
  std::vector<std::int64_t> integers_or(std::string_view name, std::vector<std::int64_t> otherwise) const;

  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }
  bool empty() const { return items_.empty(); }
  bool operator==(const Attributes&) const = default;

 private:
  std::map<std::string, Attribute, std::less<>> items_;
};

}  // namespace tinyc
