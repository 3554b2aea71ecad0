// Instruction set facts: Arm v6-M, v7-M, v8-M and v8.1-M architecture reference manuals. QEMU machines: the
// documentation of qemu-system-arm ("Arm MPS2 and MPS3 boards"). cortex-m85 is built for cortex-m55, whose
// instruction set it shares, because gcc 12 does not know its name.
#include <array>

#include "lib/support/check.h"
#include "lib/support/text.h"
#include "lib/target/target.h"

namespace tinyc {
namespace {

constexpr std::array cores{
    Core{.name = "cortex-m0plus",
         .gcc_flags = "-mcpu=cortex-m0plus -mthumb -mfloat-abi=soft",
         .qemu_machine = "mps2-an385",
         .mul_long = false,
         .cycles = "m0plus",
         .traps_unaligned = true,
         .note = "built for Cortex-M0+, run on a Cortex-M3 machine with unaligned accesses trapping"},
    Core{.name = "cortex-m23",
         .gcc_flags = "-mcpu=cortex-m23 -mthumb -mfloat-abi=soft",
         .qemu_machine = "mps2-an385",
         .mul_long = false,
         .traps_unaligned = true,
         .note = "built for Cortex-M23, run on a Cortex-M3 machine with unaligned accesses trapping"},
    Core{.name = "cortex-m3", .gcc_flags = "-mcpu=cortex-m3 -mthumb -mfloat-abi=soft", .qemu_machine = "mps2-an385", .cycles = "m3"},
    Core{.name = "cortex-m4",
         .gcc_flags = "-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16",
         .qemu_machine = "mps2-an386",
         .dsp = true,
         .cycles = "m4"},
    Core{.name = "cortex-m7",
         .gcc_flags = "-mcpu=cortex-m7 -mthumb -mfloat-abi=hard -mfpu=fpv5-sp-d16",
         .qemu_machine = "mps2-an500",
         .dsp = true},
    Core{.name = "cortex-m33",
         .gcc_flags = "-mcpu=cortex-m33 -mthumb -mfloat-abi=hard -mfpu=fpv5-sp-d16",
         .qemu_machine = "mps2-an505",
         .dsp = true},
    Core{.name = "cortex-m55",
         .gcc_flags = "-mcpu=cortex-m55 -mthumb -mfloat-abi=hard",
         .qemu_machine = "mps3-an547",
         .dsp = true,
         .mve = true},
    Core{.name = "cortex-m85",
         .gcc_flags = "-mcpu=cortex-m55 -mthumb -mfloat-abi=hard",
         .qemu_machine = "mps3-an547",
         .dsp = true,
         .mve = true,
         .note = "built for Cortex-M55 and run on a Cortex-M55 machine"},
};

}  // namespace

std::span<const Core> all_cores() { return cores; }

const Core* find_core(std::string_view name) {
  for (const Core& core : cores)
    if (core.name == name) return &core;
  return nullptr;
}

Result<Target> find_target(std::string_view name) {
  std::vector<std::string> known;
  for (const Core& core : cores) {
    if (core.name == name) return Target{&core};
    known.emplace_back(core.name);
  }
  for (const Mcu& mcu : all_mcus()) {
    known.push_back(mcu.name);
    if (mcu.name != name) continue;
    const Core* core = find_core(mcu.core);
    TINYC_CHECK(core != nullptr, "the core of " + mcu.name + " is listed");
    return Target{core, &mcu};
  }
  const auto near = near_matches(name, known);
  return Error("TC5010", std::string(name), "unknown target",
               near.empty() ? "`tinyc targets` lists them" : "did you mean " + join(near, ", ") + "?");
}

}  // namespace tinyc
