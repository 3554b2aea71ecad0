#pragma once
// Models and data too large for the repository, or not ours to distribute: $TINYC_SHARED, else the folder "shared"
// beside the repository. Tests that need it are skipped where it is missing.

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <optional>

namespace tinyc {

inline std::optional<std::filesystem::path> shared_folder() {
  const char* given = std::getenv("TINYC_SHARED");
  const std::filesystem::path folder = given ? given : std::filesystem::path(TINYC_SOURCE_DIR) / ".." / "shared";
  if (std::filesystem::is_directory(folder / "models")) return folder;
  WARN("skipped: there is no " << folder.string() << " (set TINYC_SHARED)");
  return std::nullopt;
}

}  // namespace tinyc
