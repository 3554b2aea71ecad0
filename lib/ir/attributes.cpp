#include "lib/ir/attributes.h"

namespace tinyc {
namespace {

template <class T>
const T& get(const Attributes& attributes, std::string_view name) {
  const Attribute* attribute = attributes.find(name);
  TINYC_CHECK(attribute != nullptr, "the attribute '" + std::string(name) + "' is missing");
  const T* value = std::get_if<T>(attribute);
  TINYC_CHECK(value != nullptr, "the attribute '" + std::string(name) + "' is of another kind");
  return *value;
}

}  // namespace

const Attribute* Attributes::find(std::string_view name) const {
  const auto it = items_.find(name);
  return it == items_.end() ? nullptr : &it->second;
}

void Attributes::erase(std::string_view name) {
  if (const auto it = items_.find(name); it != items_.end()) items_.erase(it);
}

std::int64_t Attributes::integer(std::string_view name) const { return get<std::int64_t>(*this, name); }
double Attributes::real(std::string_view name) const { return get<double>(*this, name); }
const std::string& Attributes::text(std::string_view name) const { return get<std::string>(*this, name); }
const std::vector<std::int64_t>& Attributes::integers(std::string_view name) const {
  return get<std::vector<std::int64_t>>(*this, name);
}
const std::vector<double>& Attributes::reals(std::string_view name) const {
  return get<std::vector<double>>(*this, name);
}
const Tensor& Attributes::tensor(std::string_view name) const { return get<Tensor>(*this, name); }

std::int64_t Attributes::integer_or(std::string_view name, std::int64_t otherwise) const {
  return has(name) ? integer(name) : otherwise;
}
double Attributes::real_or(std::string_view name, double otherwise) const { return has(name) ? real(name) : otherwise; }
std::string Attributes::text_or(std::string_view name, std::string otherwise) const {
  return has(name) ? text(name) : otherwise;
}
std::vector<std::int64_t> Attributes::integers_or(std::string_view name, std::vector<std::int64_t> otherwise) const {
  return has(name) ? integers(name) : otherwise;
}

}  // namespace tinyc
