// Reading and safely replacing one small file.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/last_good.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "router/state/mapped_file.hpp"

namespace vivi::bridged {

Result<std::optional<std::string>> read_last_good(const std::string& path) {
    std::error_code error;
    if (path.empty() || !std::filesystem::exists(path, error)) return std::nullopt;
    std::ifstream file{path};
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return failed(Code::Unavailable, path + ": cannot be read: " + std::strerror(errno));
    return text.str();
}

Status write_last_good(const std::string& path, const std::string& document) {
    if (path.empty()) return {};
    return state::replace_file(path, as_bytes(document));
}

}  // namespace vivi::bridged
