#pragma once
// Microcontrollers of the user's, as JSON (docs/cost_model.md has the schema).

#include "lib/support/document.h"
#include "lib/target/target.h"

namespace tinyc {

// TC5075 names what is wrong with a file: an unknown core, a figure without its unit, a value that cannot be.
Result<Target> read_mcu_file(const std::string& path);
Document to_document(const Mcu& mcu);

}  // namespace tinyc
