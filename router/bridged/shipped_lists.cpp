// Walking the folder of shipped lists.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/shipped_lists.hpp"

#include <filesystem>
#include <map>
#include <vector>

#include "common/policy/shipped.hpp"
#include "common/runtime/log.hpp"
#include "common/runtime/text_files.hpp"

namespace vivi::bridged {

namespace fs = std::filesystem;

void read_shipped_lists(policy::CatalogueBuilder& catalogue, const std::string& folder) {
    if (folder.empty()) return;
    std::vector<policy::ListFile> files;
    const auto read = read_text_folder(
        folder, [&](std::string path, std::string text) { files.push_back({.path = std::move(path), .text = std::move(text)}); });
    if (!read) log::warn("list.unreadable", {{"file", folder}, {"reason", read.error().detail}});
    policy::add_shipped_lists(catalogue, files);
}

std::string shipped_lists_made_of(const std::string& folder) {
    std::map<std::string, std::string> files;  // By path: the order of a folder is nobody's promise.
    std::error_code error;
    if (folder.empty()) return {};
    for (fs::recursive_directory_iterator at{folder, error}; !error && at != fs::recursive_directory_iterator{};
         at.increment(error)) {
        std::error_code gone;
        if (!at->is_regular_file(gone)) continue;
        const auto written = fs::last_write_time(at->path(), gone).time_since_epoch().count();
        files[at->path().string()] = std::to_string(fs::file_size(at->path(), gone)) + ' ' + std::to_string(written);
    }
    std::string all;
    for (const auto& [path, state] : files) all += path + ' ' + state + '\n';
    return all;
}

}  // namespace vivi::bridged
