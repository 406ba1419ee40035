// Decodes domain.seen, policy.hit, network.foreign_ra, health.* and the alarms of dhcpd.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/gathered_policy.hpp"

#include <algorithm>
#include <array>

#include "common/model/fields.hpp"
#include "common/model/policy_event.hpp"
#include "server/db/gathered.hpp"

namespace vivi::db {
namespace {

using namespace std::string_view_literals;
using model::Json;
namespace topic = model::topic;

constexpr std::size_t most_name = 255;
constexpr std::size_t most_word = 32;     // "device_allow", "firewall".
constexpr std::size_t most_rule = 300;    // Engine::describe() with the longest names.
constexpr std::size_t most_detail = 500;  // A sentence for a person.

constexpr std::array topics{topic::domain_seen, topic::policy_hit, topic::network_foreign_ra, topic::health_firewall,
                            topic::health_dns,  topic::dhcp_rogue, topic::dhcp_conflict};

constexpr std::array dhcp_keys{"address"sv, "device"sv, "network"sv, "server"sv};
constexpr model::Shape dhcp_shape{.members = dhcp_keys};

WallTime hit_bucket(WallTime at) { return std::chrono::floor<std::chrono::duration<std::int64_t, std::ratio<300>>>(at); }

/// The sum of all counters, or nothing when it is more than one event may count.
template <class Rows, class Count>
std::optional<std::uint64_t> total_of(const Rows& rows, Count count) {
    std::uint64_t total = 0;
    for (const auto& row : rows) {
        const std::uint64_t value = count(row);
        if (value > static_cast<std::uint64_t>(most_bytes)) return std::nullopt;
        total += value;
        if (total > static_cast<std::uint64_t>(most_bytes)) return std::nullopt;
    }
    return total;
}

Status add_domains(PolicyNews& news, model::EventReader& reader, const Entry& entry, WallTime now) {
    model::RowsOf<model::DomainSeen> rows{model::read_domain_seen};
    const auto read = read_event(reader, entry, now, model::domains_seen_shape, &rows);
    if (!read) return std::unexpected{read.error()};
    const auto at = *read;
    const auto seen = model::streamed_domains_seen(reader.body(), rows);
    if (!seen) return std::unexpected{seen.error()};
    if (!total_of(seen->rows, [](const model::DomainSeen& row) { return row.queries; }))
        return failed(Code::Invalid, "/rows: the counters' sum is larger than 2^50");
    const WallTime hour = std::chrono::floor<std::chrono::hours>(at);
    for (const auto& row : seen->rows) {
        const auto name = clean(row.name, most_name);
        const auto queries = static_cast<std::int64_t>(row.queries);
        const auto [domain, is_new] = news.domains.try_emplace(name, DomainNews{.first_seen = at, .last_seen = at});
        domain->second.first_seen = std::min(domain->second.first_seen, at);
        domain->second.last_seen = std::max(domain->second.last_seen, at);
        domain->second.queries += queries;
        if (row.device) news.device_domains[{hour, *row.device, name}] += queries;
    }
    return {};
}

Status add_hits(PolicyNews& news, model::EventReader& reader, const Entry& entry, WallTime now) {
    model::RowsOf<model::PolicyHit> rows{model::read_policy_hit};
    const auto at = read_event(reader, entry, now, model::policy_hits_shape, &rows);
    if (!at) return std::unexpected{at.error()};
    const auto hits = model::streamed_policy_hits(reader.body(), rows);
    if (!hits) return std::unexpected{hits.error()};
    if (!total_of(hits->rows, [](const model::PolicyHit& row) { return row.hits; }))
        return failed(Code::Invalid, "/rows: the counters' sum is larger than 2^50");
    const auto by = clean(hits->by, most_word);
    for (const auto& row : hits->rows) {
        HitKey key{hit_bucket(*at),
                   row.device,
                   clean(row.name, most_name),
                   clean(row.address, most_word * 2),
                   clean(row.layer, most_word),
                   clean(row.rule, most_rule),
                   by};
        news.hits[std::move(key)] += static_cast<std::int64_t>(row.hits);
    }
    return {};
}

/// The same alarm as the last about this subject, once more; otherwise the next in the list.
void add_alarm(PolicyNews& news, AlarmNews alarm) {
    const auto same = std::ranges::find_if(news.alarms.rbegin(), news.alarms.rend(), [&](const AlarmNews& known) {
        return known.kind == alarm.kind && known.subject == alarm.subject;
    });
    if (same == news.alarms.rend() || same->is_raised != alarm.is_raised || same->is_over || alarm.is_over) {
        news.alarms.push_back(std::move(alarm));
        return;
    }
    same->detail = std::move(alarm.detail);
    same->last_at = std::max(same->last_at, alarm.last_at);
    same->at = std::min(same->at, alarm.at);
    ++same->count;
}

Status add_health(PolicyNews& news, model::EventReader& reader, const Entry& entry, WallTime now) {
    const auto at = read_event(reader, entry, now, model::health_change_shape);
    if (!at) return std::unexpected{at.error()};
    const auto change = model::streamed_health_change(reader.body());
    if (!change) return std::unexpected{change.error()};
    const auto state = clean(change->state, most_word);
    const Json detail{{"state", state}, {"detail", clean(change->detail, most_detail)}};
    const bool is_over = state == "repaired";
    add_alarm(news, {.kind = entry.topic,
                     .detail = detail.dump(),
                     .at = *at,
                     .last_at = *at,
                     .is_raised = state != "ok",
                     .is_over = is_over});
    return {};
}

Status add_foreign_ra(PolicyNews& news, model::EventReader& reader, const Entry& entry, WallTime now) {
    const auto at = read_event(reader, entry, now, model::foreign_ra_shape);
    if (!at) return std::unexpected{at.error()};
    const auto ra = model::streamed_foreign_ra(reader.body());
    if (!ra) return std::unexpected{ra.error()};
    const Json detail{
        {"interface", clean(ra->interface, most_word)}, {"device", to_string(ra->device)}, {"router", to_string(ra->router)}};
    add_alarm(news, {.kind = std::string{topic::network_foreign_ra},
                     .subject = to_string(ra->device),
                     .detail = detail.dump(),
                     .at = *at,
                     .last_at = *at});
    return {};
}

/// {"network","server"|"address","device"}
Status add_dhcp(PolicyNews& news, model::EventReader& reader, const Entry& entry, WallTime now) {
    const auto at = read_event(reader, entry, now, dhcp_shape);
    if (!at) return std::unexpected{at.error()};
    const auto* const about = entry.topic == topic::dhcp_rogue ? "server" : "address";
    model::StreamedFields in{reader.body(), ""};
    const auto network = in.text("network");
    const auto address = in.ipv4(about);
    const auto device = in.mac("device");
    if (!in.ok()) return failed(Code::Invalid, in.problems());
    const Json detail{{"network", clean(network, most_name)}, {about, to_string(address)}, {"device", to_string(device)}};
    add_alarm(news, {.kind = entry.topic, .subject = to_string(address), .detail = detail.dump(), .at = *at, .last_at = *at});
    return {};
}

}  // namespace

bool is_policy_topic(std::string_view topic) noexcept { return std::ranges::find(topics, topic) != topics.end(); }

Status add_policy_event(PolicyNews& news, model::EventReader& reader, const Entry& entry, WallTime now) {
    if (entry.topic == topic::domain_seen) return add_domains(news, reader, entry, now);
    if (entry.topic == topic::policy_hit) return add_hits(news, reader, entry, now);
    if (entry.topic == topic::network_foreign_ra) return add_foreign_ra(news, reader, entry, now);
    if (entry.topic == topic::health_firewall || entry.topic == topic::health_dns) return add_health(news, reader, entry, now);
    return add_dhcp(news, reader, entry, now);
}

}  // namespace vivi::db
