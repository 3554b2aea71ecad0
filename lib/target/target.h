#pragma once
// Facts about cores and microcontrollers, each with its source.

#include <cstdint>
#include <map>
#include <memory>
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

struct Figure {
  double value = 0;
  std::string condition, source;
};

// What can be known of a microcontroller. The unit is the end of the name.
struct McuField {
  std::string_view name, meaning;
  double least;  // values below are no such figure
};
std::span<const McuField> mcu_fields();

struct Mcu {
  std::string name;  // "stm32l4r5"
  std::string core;
  std::map<std::string, Figure, std::less<>> figures = {};  // by field; what is not here is unknown, never guessed

  const Figure* find(std::string_view field) const;
  std::optional<double> get(std::string_view field) const;
  // Its figures suffice for a latency, an energy and a battery life that rest on more than the core.
  bool complete() const;
  // Whether its speed, or its power, was measured on silicon (lib/target/data/boards.csv, or the user's own measurements).
  bool speed_is_measured() const { return find("dense_factor") != nullptr; }
  bool power_is_measured() const { return find("power_mw") != nullptr; }
};

struct Target {
  const Core* core = nullptr;
  const Mcu* mcu = nullptr;  // null when a bare core was named
  std::shared_ptr<const Mcu> own = {};  // what mcu points to when it is the user's
  std::string_view name() const { return mcu ? std::string_view(mcu->name) : core->name; }
};

std::span<const Core> all_cores();
std::span<const Mcu> all_mcus();
const Core* find_core(std::string_view name);  // null: there is none

// TC5010 with near matches for an unknown name.
Result<Target> find_target(std::string_view name);

}  // namespace tinyc
