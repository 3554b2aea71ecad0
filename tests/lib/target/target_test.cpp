#include "lib/target/target.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

using namespace tinyc;

TEST_CASE("every target is found under its own name and has a listed core", "[target]") {
  std::set<std::string_view> names;
  for (const Core& core : all_cores()) {
    CHECK(names.insert(core.name).second);
    const auto found = find_target(core.name);
    REQUIRE(found.ok());
    CHECK(found->core == &core);
    CHECK(found->mcu == nullptr);
    CHECK(core.gcc_flags.find("-mthumb") != core.gcc_flags.npos);
    CHECK((core.mul_long || core.traps_unaligned));
  }
  for (const Mcu& mcu : all_mcus()) {
    CHECK(names.insert(mcu.name).second);
    const auto found = find_target(mcu.name);
    REQUIRE(found.ok());
    CHECK(found->core->name == mcu.core);
    CHECK(found->name() == mcu.name);
    for (const auto& [field, figure] : mcu.figures) {
      INFO(mcu.name << " " << field);
      CHECK(!figure.source.empty());
      CHECK(std::any_of(mcu_fields().begin(), mcu_fields().end(),
                        [&, name = std::string_view(field)](const McuField& known) { return known.name == name && figure.value >= known.least; }));
    }
  }
}

TEST_CASE("microcontrollers of every core, some of them known completely, none by guess", "[target]") {
  std::set<std::string> cores;
  int complete = 0;
  for (const Mcu& mcu : all_mcus()) {
    cores.insert(mcu.core);
    complete += mcu.complete();
  }
  CHECK(all_mcus().size() >= 16);
  CHECK(complete >= 8);
  for (const char* core : {"cortex-m0plus", "cortex-m3", "cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55", "cortex-m85"})
    CHECK(cores.count(core) == 1);
  const Mcu& measured = *find_target("stm32l4r5")->mcu;
  CHECK(measured.speed_is_measured());
  CHECK(measured.power_is_measured());
  CHECK_FALSE(measured.get("flash_wait_states"));  // no public source
  CHECK_FALSE(measured.complete());
}

TEST_CASE("a misspelt target is refused with near matches", "[target]") {
  const auto found = find_target("cortex-m44");
  REQUIRE(!found.ok());
  CHECK(found.error().exit_code() == ExitCode::usage);
  CHECK(found.error().to_string().find("did you mean cortex-m4") != std::string::npos);
}
