// Values at the same place are compared; places that only one of the two has were added or removed.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/configuration_diff.hpp"

#include <algorithm>
#include <iterator>

namespace vivi::model {
namespace {

/// Every value by its JSON pointer, without what is compared elsewhere or is no decision.
Json values_of(const Configuration& configuration) {
    auto json = to_json(configuration);
    for (const auto* member : {"v", "revision", "custody", "policy"}) json.erase(member);
    auto values = json.flatten();
    for (auto it = values.begin(); it != values.end();) it = it->is_null() ? values.erase(it) : std::next(it);  // Empty lists.
    return values;
}

std::string words(const std::string& pointer) {
    auto text = pointer.substr(1);
    std::ranges::replace(text, '/', ' ');
    return text;
}

std::string value_text(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

}  // namespace

std::vector<Change> diff(const Configuration& before, const Configuration& after) {
    const auto old = values_of(before), now = values_of(after);
    std::vector<Change> changes;
    for (const auto& [pointer, value] : now.items()) {
        const auto found = old.find(pointer);
        if (found == old.end())
            changes.push_back({ChangeKind::Added, pointer, words(pointer) + ": " + value_text(value), nullptr, value});
        else if (*found != value)
            changes.push_back({ChangeKind::Changed, pointer,
                               words(pointer) + ": " + value_text(*found) + " → " + value_text(value), *found, value});
    }
    for (const auto& [pointer, value] : old.items()) {
        if (now.contains(pointer)) continue;
        changes.push_back({ChangeKind::Removed, pointer, words(pointer) + ": " + value_text(value), value, nullptr});
    }
    for (auto& change : diff(before.policy, after.policy)) {
        change.pointer.insert(0, "/policy");
        changes.push_back(std::move(change));
    }
    return changes;
}

}  // namespace vivi::model
