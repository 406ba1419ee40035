// Reading the files of a site from disk, once, at start.
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/http/static_files.hpp"

namespace vivi::http {

namespace fs = std::filesystem;

Result<FileTree> read_tree(const std::string& folder) {
    constexpr std::size_t most_bytes = 64 << 20;
    FileTree tree;
    std::size_t bytes = 0;
    try {
        for (const auto& entry : fs::recursive_directory_iterator{folder}) {
            if (entry.is_symlink() || !entry.is_regular_file()) continue;
            std::ifstream file{entry.path(), std::ios::binary};
            std::ostringstream text;
            text << file.rdbuf();
            if (!file) return failed(Code::Unavailable, entry.path().string() + ": cannot be read");
            auto body = std::move(text).str();
            bytes += body.size();
            if (bytes > most_bytes)
                return failed(Code::Overflow, folder + ": more than 64 MiB; is this the folder of a web site?");
            tree.emplace("/" + fs::relative(entry.path(), folder).generic_string(), std::move(body));
        }
    } catch (const fs::filesystem_error& failure) {
        return failed(Code::NotFound, folder + ": cannot be read: " + failure.code().message());
    }
    return tree;
}

}  // namespace vivi::http
