#pragma once
// The ONNX protobuf classes, and parsing them from untrusted bytes.

#ifndef ONNX_ML
#define ONNX_ML 1  // the variant Debian's libonnx_proto is built as
#endif
#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string_view>

#include "lib/support/result.h"

namespace tinyc::onnx_format {

// Parses without a word on stderr. TC4101 for bytes that are no such message; TC8101 when the message would
// take more than max_memory bytes or nests too deeply, which is found out before it is parsed.
Status parse(std::string_view bytes, std::int64_t max_memory, google::protobuf::Message& message);

}  // namespace tinyc::onnx_format
