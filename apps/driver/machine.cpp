// Addresses: Arm's application notes of the MPS2 and MPS3 images (AN385, AN386, AN500, AN505, AN547) as QEMU
// implements them. The largest memories were chosen, so that any model fits; the secure aliases where the core
// begins in the secure state.
#include "apps/driver/machine.h"

#include <fmt/format.h>

#include <array>

#include "lib/runtime/embedded.h"
#include "lib/support/check.h"

namespace tinyc {
namespace {

struct Region {
  std::uint32_t origin, bytes;
};
struct Machine {
  std::string_view name;
  Region vectors, flash, ram;
};
constexpr std::uint32_t mib = 1u << 20;
constexpr Region low_vectors{0, 0x400}, low_flash{0x400, 4 * mib - 0x400}, psram{0x21000000, 16 * mib};
constexpr Region secure_vectors{0x10000000, 0x800};
constexpr std::array machines{
    Machine{"mps2-an385", low_vectors, low_flash, psram},
    Machine{"mps2-an386", low_vectors, low_flash, psram},
    Machine{"mps2-an500", low_vectors, low_flash, {0x60000000, 16 * mib}},
    Machine{"mps2-an505", secure_vectors, {0x10000800, 4 * mib - 0x800}, {0x80000000, 16 * mib}},
    Machine{"mps3-an547", secure_vectors, {0x70000000, 16 * mib}, {0x71000000, 16 * mib}},
};

std::string region(std::string_view name, std::string_view flags, Region r) {
  return fmt::format("  {} ({}) : ORIGIN = {:#x}, LENGTH = {:#x}\n", name, flags, r.origin, r.bytes);
}

}  // namespace

std::string linker_script(std::string_view machine) {
  for (const Machine& m : machines) {
    if (m.name != machine) continue;
    for (const RuntimeFile& file : harness_files())
      if (file.name == "lib/runtime/harness/cortexm.ld")
        return "MEMORY\n{\n" + region("VECTORS", "rx", m.vectors) + region("FLASH", "rx", m.flash) +
               region("RAM", "rwx", m.ram) + "}\n" + std::string(file.text);
  }
  TINYC_CHECK(false, "the memories of the machine " + std::string(machine) + " are known");
}

}  // namespace tinyc
