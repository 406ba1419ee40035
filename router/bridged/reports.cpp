// The revisions reported, and their text form `<daemon>:<revision>` with spaces between.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/reports.hpp"

#include <charconv>

namespace vivi::bridged {

void Reports::restore(std::string_view text) {
    while (!text.empty()) {
        const auto space = text.find(' ');
        const auto word = text.substr(0, space);
        text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
        const auto colon = word.find(':');
        if (colon == std::string_view::npos) continue;
        std::int64_t revision = 0;
        std::from_chars(word.data() + colon + 1, word.data() + word.size(), revision);
        revisions_.emplace(word.substr(0, colon), revision);  // What this process heard itself is newer.
    }
}

std::string Reports::text() const {
    std::string all;
    for (const auto& [by, revision] : revisions_)
        all.append(all.empty() ? "" : " ").append(by).append(":").append(std::to_string(revision));
    return all;
}

bool Reports::note(const std::string& by, std::int64_t revision) {
    if (!expected_.contains(by)) return false;
    const auto [found, is_new] = revisions_.try_emplace(by, revision);
    if (!is_new && found->second == revision) return false;
    found->second = revision;
    return true;
}

std::vector<std::string> Reports::missing(std::int64_t revision) const {
    std::vector<std::string> missing;
    for (const auto& daemon : expected_) {
        const auto found = revisions_.find(daemon);
        if (found == revisions_.end() || found->second < revision) missing.push_back(daemon);
    }
    return missing;
}

}  // namespace vivi::bridged
