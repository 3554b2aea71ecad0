#pragma once
// The memories of QEMU's machines and the linker script for them. Internal to apps/driver.

#include <string>
#include <string_view>

namespace tinyc {

// The MEMORY block of a machine, followed by the harness's sections.
std::string linker_script(std::string_view machine);

}  // namespace tinyc
