#include "lib/target/target.h"

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
    CHECK(!mcu.source.empty());
  }
}

TEST_CASE("a misspelt target is refused with near matches", "[target]") {
  const auto found = find_target("cortex-m44");
  REQUIRE(!found.ok());
  CHECK(found.error().exit_code() == ExitCode::usage);
  CHECK(found.error().to_string().find("did you mean cortex-m4") != std::string::npos);
}
