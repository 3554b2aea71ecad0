#pragma once
// Facts about cores and microcontrollers, each with its source.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/support/result.h"
#include "lib/support/units.h"

namespace tinyc {

struct Core {
  std::string_view name;           // "cortex-m4"
  std::string_view gcc_flags;      // "-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16"
  std::string_view qemu_machine;   // "mps2-an386"
  bool dsp = false, mve = false, mul_long = true;
  std::string_view cycles = {};    // whose published instruction timings give its cycles; empty: none are published
  bool traps_unaligned = false;    // M0+: verified on an M3 machine with CCR.UNALIGN_TRP
  std::string_view note = {};      // what verification on this core means when it is not run on the core itself
};

struct Mcu {
  std::string_view name;           // "stm32l4r5"
  std::string_view core;
  std::optional<double> clock_mhz;               // the highest; empty figures are unknown, never guessed
  std::optional<std::int64_t> flash_kb, ram_kb;  // on chip
  std::string_view source;                       // of all figures of this row
};

struct Target {
  const Core* core = nullptr;
  const Mcu* mcu = nullptr;  // null when a bare core was named
  std::string_view name() const { return mcu ? mcu->name : core->name; }
};

std::span<const Core> all_cores();
std::span<const Mcu> all_mcus();

// TC5010 with near matches for an unknown name.
Result<Target> find_target(std::string_view name);

}  // namespace tinyc
