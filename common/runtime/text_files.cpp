// Files through the standard library.
// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/text_files.hpp"

#include <filesystem>
#include <fstream>
#include <set>
#include <utility>

namespace vivi {

namespace fs = std::filesystem;

Result<std::string> read_text_file(const std::string& path) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error == std::errc::no_such_file_or_directory) return failed(Code::NotFound, path + ": " + error.message());
    if (error) return failed(Code::Unavailable, path + ": " + error.message());
    if (size > most_text_bytes) return failed(Code::Overflow, path + ": larger than 256 MiB");
    std::string text(size, '\0');
    std::ifstream file{path, std::ios::binary};
    file.read(text.data(), static_cast<std::streamsize>(size));
    if (!file || static_cast<std::uintmax_t>(file.gcount()) != size) return failed(Code::Unavailable, path + ": cannot be read");
    return text;
}

Status read_text_folder(const std::string& folder, const std::function<void(std::string path, std::string text)>& each) {
    std::set<std::string> paths;
    std::error_code error;
    for (fs::recursive_directory_iterator at{folder, error}; !error && at != end(at); at.increment(error)) {
        if (at->symlink_status(error).type() == fs::file_type::regular)
            paths.insert(at->path().lexically_relative(folder).string());
    }
    if (error) {
        const auto code = error == std::errc::no_such_file_or_directory ? Code::NotFound : Code::Unavailable;
        return failed(code, folder + ": " + error.message());
    }
    for (const auto& path : paths) {
        auto text = read_text_file((fs::path{folder} / path).string());
        if (!text) return std::unexpected{std::move(text).error()};
        each(path, *std::move(text));
    }
    return {};
}

}  // namespace vivi
