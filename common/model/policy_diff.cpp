// Rows that are equal cancel out; rows that are about the same thing are a change; what is left was added or removed.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/policy_diff.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string_view>

namespace vivi::model {
namespace {

/// A member of the document that is a list of objects, and what its rows are about: the first of `subjects` names the row.
struct Table {
    std::string_view member;
    std::vector<std::string_view> subjects;
};

const std::array<Table, 10>& tables() {
    static const std::array<Table, 10> all{{{"groups", {"name"}},
                                            {"phases", {"name"}},
                                            {"schedules", {"name"}},
                                            {"devices", {"device", "decision"}},
                                            {"domains", {"domain", "device", "group"}},
                                            {"addresses", {"prefix", "transport", "port", "device", "group"}},
                                            {"categories", {"category", "device", "group"}},
                                            {"services", {"service", "device", "group"}},
                                            {"lists", {"list"}},
                                            {"limits", {"device", "group", "each_device"}}}};
    return all;
}

std::string two_digits(auto value) { return (value < 10 ? "0" : "") + std::to_string(value); }

std::string time_text(std::int64_t unix_ms) {
    using namespace std::chrono;
    const auto at = from_unix_ms(unix_ms);
    const year_month_day date{floor<days>(at)};
    const hh_mm_ss time{floor<seconds>(at - floor<days>(at))};
    auto text = std::to_string(static_cast<int>(date.year())) + '-' + two_digits(static_cast<unsigned>(date.month())) + '-' +
                two_digits(static_cast<unsigned>(date.day())) + ' ' + two_digits(time.hours().count()) + ':' +
                two_digits(time.minutes().count());
    if (time.seconds().count() != 0) text += ':' + two_digits(time.seconds().count());
    return text + " UTC";
}

bool is_moment(std::string_view key, const Json& value) {
    return value.is_number_integer() && (key == "until" || key == "from" || key == "to");
}

std::string value_text(std::string_view key, const Json& value) {
    if (is_moment(key, value)) return time_text(value.get<std::int64_t>());
    if (value.is_string()) return value.get<std::string>();
    if (!value.is_array()) return value.dump();
    std::string text;
    for (const auto& element : value) text += (text.empty() ? "" : " ") + value_text("", element);
    return text.empty() ? "none" : text;
}

/// Not worth a word.
bool is_default(std::string_view key, const Json& value) {
    return (key == "subdomains" && value == true) || (key == "reason" && value == "") || (value.is_array() && value.empty());
}

std::string subject_text(const Json& row, const Table& table) {
    for (const auto key : table.subjects) {
        if (row.contains(key)) return std::string{key} + ' ' + value_text(key, row.at(std::string{key}));
    }
    return std::string{table.member};
}

std::string row_text(const Json& row, const Table& table) {
    const auto subject = subject_text(row, table);
    std::string rest;
    for (const auto& [key, value] : row.items()) {
        if (is_default(key, value) || subject == key + ' ' + value_text(key, value)) continue;
        rest += (rest.empty() ? ": " : ", ") + key + ' ' + value_text(key, value);
    }
    return subject + rest;
}

std::string change_text(std::string_view key, const Json* before, const Json* after) {
    return std::string{key} + ": " + (before == nullptr ? "none" : value_text(key, *before)) + " → " +
           (after == nullptr ? "none" : value_text(key, *after));
}

const Json* member(const Json& row, const std::string& key) {
    const auto found = row.find(key);
    return found == row.end() ? nullptr : &*found;
}

std::string changes_of_row(const Json& before, const Json& after) {
    std::string text;
    const auto add = [&](const std::string& key) {
        const auto *old = member(before, key), *now = member(after, key);
        if (old != nullptr && now != nullptr && *old == *now) return;
        text += (text.empty() ? "" : ", ") + change_text(key, old, now);
    };
    for (const auto& [key, value] : before.items()) add(key);
    for (const auto& [key, value] : after.items()) {
        if (!before.contains(key)) add(key);
    }
    return text;
}

bool is_about_the_same(const Json& a, const Json& b, const Table& table) {
    return std::ranges::all_of(table.subjects, [&](std::string_view key) {
        const auto *left = member(a, std::string{key}), *right = member(b, std::string{key});
        return left == nullptr ? right == nullptr : right != nullptr && *left == *right;
    });
}

class Rows {
public:
    Rows(const Json& before, const Json& after) : before_{before}, after_{after}, matched_(before.size(), false) {}

    /// The first row of `before` that nothing has matched yet and `fits`; it is matched then.
    template <class Fits>
    std::optional<std::size_t> match(Fits fits) {
        for (std::size_t i = 0; i < before_.size(); ++i) {
            if (matched_[i] || !fits(before_[i])) continue;
            matched_[i] = true;
            return i;
        }
        return std::nullopt;
    }

    void compare(const Table& table, std::vector<Change>& changes) {
        const auto at = [&](std::size_t index) { return '/' + std::string{table.member} + '/' + std::to_string(index); };
        std::vector<std::size_t> left;
        for (std::size_t i = 0; i < after_.size(); ++i) {
            if (!match([&](const Json& row) { return row == after_[i]; })) left.push_back(i);
        }
        for (const auto i : left) {
            const auto& row = after_[i];
            const auto old =
                row.is_object() ? match([&](const Json& other) { return is_about_the_same(other, row, table); }) : std::nullopt;
            if (old)
                changes.push_back({ChangeKind::Changed, at(i), subject_text(row, table) + ": " + changes_of_row(before_[*old], row),
                                   before_[*old], row});
            else
                changes.push_back({ChangeKind::Added, at(i), text_of(row, table), nullptr, row});
        }
        for (std::size_t i = 0; i < before_.size(); ++i) {
            if (!matched_[i]) changes.push_back({ChangeKind::Removed, at(i), text_of(before_[i], table), before_[i], nullptr});
        }
    }

private:
    static std::string text_of(const Json& row, const Table& table) {
        return row.is_object() ? row_text(row, table) : value_text("", row);
    }

    const Json& before_;
    const Json& after_;
    std::vector<bool> matched_;
};

}  // namespace

std::string to_string(const Change& change) {
    const auto* sign = change.kind == ChangeKind::Added ? "+ " : change.kind == ChangeKind::Removed ? "- " : "~ ";
    return sign + change.pointer + ' ' + change.text;
}

std::vector<Change> diff(const Policy& before, const Policy& after) {
    const auto old = to_json(before), now = to_json(after);
    std::vector<Change> changes;
    for (const auto* key : {"mode", "new_devices", "time_zone"}) {
        if (old.at(key) != now.at(key))
            changes.push_back({ChangeKind::Changed, '/' + std::string{key}, change_text(key, &old.at(key), &now.at(key)), old.at(key),
                               now.at(key)});
    }
    for (const auto& table : tables())
        Rows{old.at(std::string{table.member}), now.at(std::string{table.member})}.compare(table, changes);
    for (const auto* key : {"protected_devices", "never_blocked"})
        Rows{old.at(key), now.at(key)}.compare({.member = key, .subjects = {}}, changes);
    return changes;
}

std::vector<Change> diff(const Profile& before, const Profile& after) {
    std::vector<Change> changes;
    const auto compare = [&](std::string_view key, const std::string& old, const std::string& now) {
        if (old != now)
            changes.push_back(
                {ChangeKind::Changed, '/' + std::string{key}, std::string{key} + ": " + old + " → " + now, old, now});
    };
    compare("name", before.name, after.name);
    compare("description", before.description, after.description);
    for (auto& change : diff(before.policy, after.policy)) {
        change.pointer.insert(0, "/policy");
        changes.push_back(std::move(change));
    }
    return changes;
}

}  // namespace vivi::model
