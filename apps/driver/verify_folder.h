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

// TC5014: not a folder of compress.
Result<VerifyOutcome> verify_folder(const VerifyFolderRequest& request);
Document to_document(const VerifyOutcome& outcome);

}  // namespace tinyc
