// Reading the nouns, and cutting them into parts.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/snapshot.hpp"

#include <nlohmann/json.hpp>

#include "common/sync/messages.hpp"
#include "router/state/keys.hpp"

namespace vivi::bridged {

std::vector<std::string> snapshot_parts(const std::vector<std::string>& leases, std::size_t most) {
    constexpr std::string_view before = R"({"leases":[)", behind = "]}";
    std::vector<std::string> parts{std::string{before}};
    for (const auto& lease : leases) {
        if (!nlohmann::json::accept(lease) || lease.size() + before.size() + behind.size() > most) continue;
        if (parts.back().size() + lease.size() + behind.size() + 1 > most) {
            if (parts.size() == sync::most_snapshot_parts) break;
            parts.emplace_back(before);
        }
        if (parts.back().size() > before.size()) parts.back() += ',';
        parts.back() += lease;
    }
    for (auto& part : parts) part += behind;
    return parts;
}

Task<Result<std::vector<std::string>>> read_snapshot(store::Store& state) {
    store::Command command{"HVALS", state::key::leases.text()};
    const auto values = co_await state.run(std::move(command));
    if (!values) co_return std::unexpected{values.error()};
    std::vector<std::string> leases;
    for (const auto& value : values->elements) leases.push_back(value.text);
    co_return snapshot_parts(leases);
}

}  // namespace vivi::bridged
