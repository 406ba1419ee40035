// The project's own files, as the architecture tests see them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vivi::arch {

struct File {
    std::string path;    ///< Relative to the root: "common/core/net.hpp".
    std::string folder;  ///< "common/core".
    std::vector<std::string> lines;

    bool is_header() const { return path.ends_with(".hpp"); }
    bool is_cpp() const { return is_header() || path.ends_with(".cpp"); }
};

/// Every source file below the root that is ours: no build output, packages or generated files.
const std::vector<File>& files();

/// The text between the first pair of quotes or angle brackets of an #include line; empty when it is none.
std::string_view included(std::string_view line);

}  // namespace vivi::arch
