// Reads text files whole: one, or all of a folder in a fixed order.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "common/core/result.hpp"

namespace vivi {

/// A file larger than that is refused.
inline constexpr std::size_t most_text_bytes = std::size_t{256} << 20;

/// NotFound, Overflow (too large), or Unavailable, with the path. Blocks.
Result<std::string> read_text_file(const std::string& path);

/// Calls `each` with the path relative to `folder` ("services/youtube.txt") and the text of every regular file below it, in the
/// order of the paths; links are not followed. Stops at the first file that cannot be read. Blocks.
Status read_text_folder(const std::string& folder, const std::function<void(std::string path, std::string text)>& each);

}  // namespace vivi
