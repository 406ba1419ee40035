// Reading carried leases, and one of them into an engine.
// SPDX-License-Identifier: Apache-2.0
#include "router/dhcpd/carried.hpp"

#include "router/state/mapped_file.hpp"

namespace vivi::dhcpd {

Result<std::vector<model::Lease>> parse_carried(std::string_view text) {
    const auto json = model::parse_json(text, most_carried_bytes);
    if (!json) return std::unexpected{json.error()};
    const auto rows = json->find("leases");
    if (!json->is_object() || rows == json->end() || !rows->is_array()) return failed(Code::Invalid, "/leases: must be a list");
    std::vector<model::Lease> leases;
    for (const auto& row : *rows) {
        auto lease = model::parse_lease(row);
        if (!lease) return std::unexpected{std::move(lease).error()};
        leases.push_back(*std::move(lease));
    }
    return leases;
}

Result<std::vector<model::Lease>> read_carried(const std::string& path) {
    const auto file = state::MappedFile::open(path);
    if (!file) return std::unexpected{file.error()};
    return parse_carried(as_text((*file)->bytes()));
}

Outcome take_over(Engine& engine, const model::Lease& lease, Now now) {
    Outcome out;
    const auto* before = engine.pool().at(lease.address);
    if (before != nullptr && before->state != Binding::State::Free) return out;
    if (!engine.restore(lease, now, out)) return out;
    const auto* binding = engine.pool().at(lease.address);
    const bool is_taken = binding != nullptr && binding->state == Binding::State::Leased;
    if (is_taken) out.changes.push_back({model::topic::lease_renewed, lease});
    return out;
}

}  // namespace vivi::dhcpd
