// Files of the lab.
// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/settings.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace vivi::lab {

Status write_file(const std::string& path, const std::string& text, bool secret) {
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path{path}.parent_path(), error);
    std::ofstream file{path, std::ios::binary | std::ios::trunc};
    if (secret) std::filesystem::permissions(path, std::filesystem::perms{0600}, error);
    file << text;
    if (!file.flush()) return failed(Code::Unavailable, path + ": cannot be written");
    return {};
}

Result<std::string> read_file(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return failed(Code::NotFound, path + ": cannot be read");
    return text.str();
}

}  // namespace vivi::lab
