// Writing small files so that a power cut leaves the old one or the new one, whole.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "common/core/result.hpp"

namespace vivi {

/// A file beside it, fsync, rename, fsync of the folder. Unavailable names the path and the reason; the old file is then still
/// there. `mode` as of chmod. Blocks.
Status replace_text_file(const std::string& path, std::string_view text, unsigned mode = 0640);

/// fsync of a folder: the names in it are on the disk. Blocks.
Status sync_folder(const std::string& path);

}  // namespace vivi
