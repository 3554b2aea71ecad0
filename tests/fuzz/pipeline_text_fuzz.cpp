// Any text as a pipeline; one that parses prints and parses to the same text.
#include "apps/driver/pass_table.h"
#include "lib/support/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto pipeline = tinyc::parse_pipeline(text, tinyc::all_passes(), tinyc::named_pipelines());
  if (!pipeline.ok()) return 0;
  const std::string printed = tinyc::print(*pipeline);
  const auto again = tinyc::parse_pipeline(printed, tinyc::all_passes());
  TINYC_CHECK(again.ok() && tinyc::print(*again) == printed, "print and parse agree");
  return 0;
}
