// The configuration document on disk, for a boot with everything else away.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "common/core/result.hpp"

namespace vivi::bridged {

/// Nothing when there is no such file; Unavailable when it cannot be read.
Result<std::optional<std::string>> read_last_good(const std::string& path);

/// Replaces the file so that a power cut leaves the old or the new one, whole: a temporary file beside it, fsync, rename, fsync
/// of the folder. Blocks.
Status write_last_good(const std::string& path, const std::string& document);

}  // namespace vivi::bridged
