// Marks and missing ranges of each producer.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/ledger.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace vivi::bridged {
namespace {

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string_view next_word(std::string_view& text) {
    const auto space = text.find(' ');
    const auto word = text.substr(0, space);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    return word;
}

std::optional<std::pair<std::uint64_t, std::uint64_t>> pair_of(std::string_view word, char between) {
    const auto at = word.find(between);
    if (at == std::string_view::npos) return std::nullopt;
    const auto first = number(word.substr(0, at));
    const auto second = number(word.substr(at + 1));
    if (!first || !second) return std::nullopt;
    return std::pair{*first, *second};
}

}  // namespace

Ledger Ledger::parse(const std::vector<std::pair<std::string, std::string>>& fields, Instant now) {
    Ledger ledger;
    for (const auto& [instance, value] : fields) {
        std::string_view rest{value};
        const auto head = pair_of(next_word(rest), '@');
        if (!head) continue;
        Mark mark{.highest = head->first, .sequence = head->second};
        while (!rest.empty() && mark.missing.size() < most_ranges) {
            auto word = next_word(rest);
            const bool is_reported = word.ends_with('!');
            if (is_reported) word.remove_suffix(1);
            const auto range = pair_of(word, '-');
            if (!range || range->first > range->second) continue;
            mark.missing.push_back({.from = range->first, .to = range->second, .found = now, .is_reported = is_reported});
        }
        ledger.marks_.emplace(instance, std::move(mark));
    }
    return ledger;
}

bool Ledger::fill(Mark& mark, std::uint64_t number) {
    for (auto range = mark.missing.begin(); range != mark.missing.end(); ++range) {
        if (number < range->from || number > range->to) continue;
        Range after = *range;
        after.from = number + 1;
        range->to = number - 1;
        if (range->from > range->to)
            range = mark.missing.erase(range);
        else
            ++range;
        if (after.from <= after.to) mark.missing.insert(range, std::move(after));
        return true;
    }
    return false;
}

bool Ledger::note(const model::Producer& from, std::string_view topic, std::uint64_t sequence, Instant now) {
    auto& mark = marks_[from.instance];
    if (from.number > mark.highest) {
        if (from.number > mark.highest + 1)
            mark.missing.push_back({.from = mark.highest + 1, .to = from.number - 1, .found = now, .topic = std::string{topic}});
        if (mark.missing.size() > most_ranges) mark.missing.erase(mark.missing.begin());
        mark.highest = from.number;
    } else if (!fill(mark, from.number)) {
        return false;
    }
    mark.sequence = sequence;
    mark.is_changed = true;
    if (marks_.size() > most_producers) forget_the_oldest();
    return true;
}

void Ledger::forget_the_oldest() {
    const auto oldest = std::ranges::min_element(marks_, {}, [](const auto& one) { return one.second.sequence; });
    forgotten_.push_back(oldest->first);
    marks_.erase(oldest);
}

std::vector<Gap> Ledger::take_gaps(Instant now, Milliseconds patience) {
    std::vector<Gap> gaps;
    for (auto& [instance, mark] : marks_) {
        for (auto& range : mark.missing) {
            if (range.is_reported || now < range.found + patience) continue;
            gaps.push_back({.instance = instance, .from = range.from, .to = range.to, .topic = range.topic});
            range.is_reported = true;
            mark.is_changed = true;
        }
    }
    return gaps;
}

std::string Ledger::text_of(const Mark& mark) {
    auto text = std::to_string(mark.highest) + '@' + std::to_string(mark.sequence);
    for (const auto& range : mark.missing) {
        text.append(" ").append(std::to_string(range.from)).append("-").append(std::to_string(range.to));
        if (range.is_reported) text += '!';
    }
    return text;
}

std::vector<std::pair<std::string, std::string>> Ledger::take_changes() {
    std::vector<std::pair<std::string, std::string>> changes;
    for (auto& instance : std::exchange(forgotten_, {})) changes.emplace_back(std::move(instance), "");
    for (auto& [instance, mark] : marks_) {
        if (std::exchange(mark.is_changed, false)) changes.emplace_back(instance, text_of(mark));
    }
    return changes;
}

}  // namespace vivi::bridged
