#include "formats/onnx/model.h"

namespace tinyc::onnx_format {
namespace {

using onnx::AttributeProto;

template <class T, class Field>
std::vector<T> list_of(const Field& field) { return std::vector<T>(field.begin(), field.end()); }

// The kind of value an attribute holds; files of early exporters leave the type out.
AttributeProto::AttributeType type_of(const AttributeProto& attribute) {
  if (attribute.type() != AttributeProto::UNDEFINED) return attribute.type();
  if (attribute.has_f()) return AttributeProto::FLOAT;
  if (attribute.has_i()) return AttributeProto::INT;
  if (attribute.has_s()) return AttributeProto::STRING;
  if (attribute.has_t()) return AttributeProto::TENSOR;
  if (attribute.floats_size()) return AttributeProto::FLOATS;
  if (attribute.ints_size()) return AttributeProto::INTS;
  if (attribute.strings_size()) return AttributeProto::STRINGS;
  return AttributeProto::UNDEFINED;
}

// Does the attribute hold a value of another kind than its type says?
bool contradicts(const AttributeProto& attribute, AttributeProto::AttributeType type) {
  const auto other = [&](bool present, AttributeProto::AttributeType kind) { return present && kind != type; };
  return other(attribute.has_f(), AttributeProto::FLOAT) || other(attribute.has_i(), AttributeProto::INT) ||
         other(attribute.has_s(), AttributeProto::STRING) || other(attribute.has_t(), AttributeProto::TENSOR) ||
         other(attribute.floats_size() > 0, AttributeProto::FLOATS) ||
         other(attribute.ints_size() > 0, AttributeProto::INTS) ||
         other(attribute.strings_size() > 0, AttributeProto::STRINGS);
}

Result<Attribute> value_of(const AttributeProto& attribute, const std::string& where, ExternalData& external) {
  const auto type = type_of(attribute);
  const std::string what = "the attribute '" + attribute.name() + "'";
  if (type == AttributeProto::UNDEFINED) return Error("TC4106", where, what + " has no value");
  if (contradicts(attribute, type))
    return Error("TC4106", where, what + " has a value of another kind than its type " +
                                      AttributeProto::AttributeType_Name(type));
  switch (type) {
    case AttributeProto::FLOAT: return Attribute(static_cast<double>(attribute.f()));
    case AttributeProto::INT: return Attribute(static_cast<std::int64_t>(attribute.i()));
    case AttributeProto::STRING: return Attribute(attribute.s());
    case AttributeProto::FLOATS: return Attribute(list_of<double>(attribute.floats()));
    case AttributeProto::INTS: return Attribute(list_of<std::int64_t>(attribute.ints()));
    case AttributeProto::STRINGS: return Attribute(list_of<std::string>(attribute.strings()));
    case AttributeProto::TENSOR:
      return Attribute(to_compute_type(TINYC_TRY(read_tensor(attribute.t(), where, external))));
    case AttributeProto::GRAPH:
    case AttributeProto::GRAPHS: return Error("TC3107", where, what + " is a graph, which is not supported");
    default:
      return Error("TC3106", where, what + " of type " + AttributeProto::AttributeType_Name(type) + " is not supported");
  }
}

}  // namespace

Result<Attributes> read_attributes(const FlatNode& node, ExternalData& external) {
  Attributes attributes;
  for (const AttributeProto& attribute : node.proto.attribute()) {
    if (attributes.has(attribute.name()))
      return Error("TC4106", node.name(), "the attribute '" + attribute.name() + "' is given more than once");
    attributes.set(attribute.name(), TINYC_TRY(value_of(attribute, node.name(), external)));
  }
  return attributes;
}

}  // namespace tinyc::onnx_format
