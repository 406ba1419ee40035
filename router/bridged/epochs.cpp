// The epochs' text form and their ranges.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/epochs.hpp"

#include <algorithm>
#include <charconv>

namespace vivi::bridged {

Epochs Epochs::parse(std::string_view text) {
    Epochs epochs;
    while (!text.empty()) {
        const auto space = text.find(' ');
        const auto word = text.substr(0, space);
        text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
        const auto colon = word.find(':');
        if (colon == std::string_view::npos) continue;
        const auto epoch = sync::parse_epoch(word.substr(0, colon));
        std::uint64_t first = 0;
        std::from_chars(word.data() + colon + 1, word.data() + word.size(), first);
        if (epoch && first > 0) epochs.starts_.push_back({.epoch = *epoch, .first = first});
    }
    return epochs;
}

std::string Epochs::text() const {
    std::string all;
    for (const auto& start : starts_)
        all.append(all.empty() ? "" : " ").append(to_string(start.epoch)).append(":").append(std::to_string(start.first));
    return all;
}

void Epochs::begin(const sync::Epoch& epoch, std::uint64_t first) {
    std::erase_if(starts_, [&](const Start& start) { return start.first >= first; });  // Nothing was written under those.
    starts_.push_back({.epoch = epoch, .first = first});
}

std::vector<sync::StoredRange> Epochs::ranges(std::uint64_t first, std::uint64_t last) const {
    std::vector<sync::StoredRange> ranges;
    for (std::size_t i = 0; i < starts_.size(); ++i) {
        const auto until = i + 1 < starts_.size() ? starts_[i + 1].first - 1 : last;
        const sync::StoredRange range{
            .epoch = starts_[i].epoch, .first = std::max(first, starts_[i].first), .last = std::min(last, until)};
        if (range.first <= range.last) ranges.push_back(range);
    }
    return ranges;
}

std::vector<sync::StoredRange> Epochs::before(std::uint64_t first) const {
    return first < 2 || starts_.empty() ? std::vector<sync::StoredRange>{} : ranges(starts_.front().first, first - 1);
}

std::optional<sync::Epoch> Epochs::of(std::uint64_t sequence) const {
    std::optional<sync::Epoch> found;
    for (const auto& start : starts_) {
        if (start.first <= sequence) found = start.epoch;
    }
    return found;
}

void Epochs::drop_before(std::uint64_t first) {
    while (starts_.size() > 1 + most_ended && starts_[1 + most_ended].first <= first) starts_.erase(starts_.begin());
}

}  // namespace vivi::bridged
