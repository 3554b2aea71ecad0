#include "formats/onnx/proto.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <limits>

namespace tinyc::onnx_format {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::io::CodedInputStream;
using Wire = google::protobuf::internal::WireFormatLite;

constexpr int max_depth = 32;  // messages within messages; a graph within a graph takes three
// Upper estimates of what parsing allocates.
constexpr std::int64_t message_bytes = 256;
constexpr std::int64_t string_bytes = 48;
constexpr std::int64_t scalar_bytes = 16;  // a repeated one, growing storage included

// Walks the wire format along the descriptors, counting memory.
class Survey {
 public:
  explicit Survey(std::int64_t max_memory) : left_(max_memory) {}

  Status visit(std::string_view bytes, const Descriptor& type, int depth) {
    if (depth > max_depth) return Error("TC8101", "", "the file nests deeper than " + std::to_string(max_depth) + " levels");
    CodedInputStream in(reinterpret_cast<const std::uint8_t*>(bytes.data()), static_cast<int>(bytes.size()));
    TINYC_TRY(spend(message_bytes));
    while (const std::uint32_t tag = in.ReadTag()) {
      const auto wire = Wire::GetTagWireType(tag);
      if (wire != Wire::WIRETYPE_LENGTH_DELIMITED) {
        const bool group = wire == Wire::WIRETYPE_START_GROUP || wire == Wire::WIRETYPE_END_GROUP;
        if (group || !Wire::SkipField(&in, tag)) return malformed();
        TINYC_TRY(spend(scalar_bytes));
        continue;
      }
      std::uint32_t length = 0;
      const int at = in.CurrentPosition();
      if (!in.ReadVarint32(&length)) return malformed();
      const int start = in.CurrentPosition();
      if (start <= at || length > bytes.size() - static_cast<std::size_t>(start) || !in.Skip(static_cast<int>(length)))
        return malformed();
      TINYC_TRY(visit_field(bytes.substr(static_cast<std::size_t>(start), length),
                            type.FindFieldByNumber(Wire::GetTagFieldNumber(tag)), depth));
    }
    return in.ConsumedEntireMessage() ? Status() : malformed();
  }

 private:
  static Error malformed() {
    return Error("TC4101", "", "the file is truncated or not an ONNX model", "check how it was exported or copied");
  }
  Status visit_field(std::string_view bytes, const FieldDescriptor* field, int depth) {
    const auto size = static_cast<std::int64_t>(bytes.size());
    if (!field) return spend(string_bytes + size);
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE: return visit(bytes, *field->message_type(), depth + 1);
      case FieldDescriptor::CPPTYPE_STRING: return spend(string_bytes + size);
      case FieldDescriptor::CPPTYPE_FLOAT:
      case FieldDescriptor::CPPTYPE_DOUBLE: return spend(2 * size);  // packed, fixed width
      default: return spend(scalar_bytes * size);                    // packed, a byte or more each
    }
  }
  Status spend(std::int64_t bytes) {
    left_ -= bytes;
    if (left_ < 0) return Error("TC8101", "", "the file would take more memory than tinyc's limit");
    return {};
  }

  std::int64_t left_;
};

}  // namespace

Status parse(std::string_view bytes, std::int64_t max_memory, google::protobuf::Message& message) {
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    return Error("TC8101", "", "the file is larger than protobuf allows");
  TINYC_TRY(Survey(max_memory).visit(bytes, *message.GetDescriptor(), 0));
  const google::protobuf::LogSilencer silence;
  CodedInputStream in(reinterpret_cast<const std::uint8_t*>(bytes.data()), static_cast<int>(bytes.size()));
  in.SetTotalBytesLimit(std::numeric_limits<int>::max());
  in.SetRecursionLimit(max_depth + 8);
  if (!message.ParseFromCodedStream(&in) || !in.ConsumedEntireMessage())
    return Error("TC4101", "", "the file is truncated or not an ONNX model", "check how it was exported or copied");
  return {};
}

}  // namespace tinyc::onnx_format
