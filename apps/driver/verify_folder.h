#pragma once
// `verify` of a folder that compress wrote: its graph, its sources, the inputs to try.

#include "apps/driver/quantize_model.h"
#include "apps/driver/verify.h"
#include "lib/support/document.h"

namespace tinyc {

struct VerifyFolderRequest {
  ModelRequest model;  // the folder
  VerifyRequest verify;
  DataRequest input;   // without a path: generated
};

struct VerifyFolderOutcome {
  VerifyOutcome verify;
  std::vector<std::string> warnings;
};

// A folder without sources is verified with those that its PREFIX.tinyc emits, and a warning. TC5014: not a folder
// of compress.
Result<VerifyFolderOutcome> verify_folder(const VerifyFolderRequest& request);
Document to_document(const VerifyFolderOutcome& outcome);

}  // namespace tinyc
