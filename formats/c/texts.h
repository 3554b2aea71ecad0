#pragma once
// The texts of the emitted files. Internal to formats/c.

#include "formats/c/emit.h"
#include "formats/c/names.h"

namespace tinyc::c {

std::string header_text(const CompiledModel& model, const Names& names);
std::string source_text(const CompiledModel& model, const Names& names);
std::string weights_text(const CompiledModel& model, const Names& names);
std::string benchmark_text(const CompiledModel& model, const Names& names);
std::string selftest_text(const CompiledModel& model, const Names& names, const std::vector<SelftestVector>& vectors);

// The parameters of PREFIX_run: "void *arena, const int8_t *input, int8_t *output".
std::string run_parameters(const CompiledModel& model);
// With push_rows, those of PREFIX_push_row and PREFIX_finish.
std::string push_parameters(const CompiledModel& model);
std::string finish_parameters(const CompiledModel& model);

}  // namespace tinyc::c
