// Decodes and adds up a batch of events.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/gathered.hpp"

#include <algorithm>

#include "common/model/fields.hpp"
#include "common/model/sync_event.hpp"
#include "server/db/utf8.hpp"

namespace vivi::db {
namespace {

using model::Json;
namespace topic = model::topic;

constexpr Seconds oldest{48 * 3600};
constexpr Seconds furthest{5 * 60};
constexpr Seconds stale_rate{60};  // A backlog is counted, but is not what happens now.
constexpr std::size_t most_name = 255;
constexpr std::size_t most_rows = 1'000;
constexpr WallTime first_sane = from_unix_ms(0);
constexpr WallTime last_sane = from_unix_ms(7'258'118'400'000);  // 2200-01-01

std::int64_t rate_of(std::int64_t bytes, Milliseconds tick) {
    const auto bits_per_second = static_cast<double>(bytes) * 8'000.0 / static_cast<double>(tick.count());
    return static_cast<std::int64_t>(std::min(bits_per_second, static_cast<double>(most_bytes)));
}

/// One event at a time into `gathered`; a Status that is an error is the reason why it cannot be stored, and nothing was added.
class Gatherer {
public:
    Gatherer(Gathered& gathered, WallTime now) : gathered_{gathered}, now_{now} {}

    Status add(const Entry& entry) {
        const auto body = model::parse_json(entry.body);
        if (!body) return std::unexpected{body.error()};
        const auto envelope = model::parse_envelope(*body);
        if (!envelope) return std::unexpected{envelope.error()};
        const auto at = std::clamp(envelope->at, now_ - oldest, now_ + furthest);
        if (entry.topic == topic::traffic_batch) return add_traffic(*body, at);
        if (entry.topic.starts_with("dhcp.lease.")) return add_lease(entry.topic, *body, at);
        if (entry.topic == topic::config_applied || entry.topic == topic::config_failed)
            return add_configuration(entry.topic, *body);
        if (entry.topic == topic::sync_gap) return add_gap(*body);
        if (entry.topic == topic::sync_dropped) return add_dropped(*body);
        if (entry.topic == topic::config_drift) return add_drift(*body);
        if (entry.topic == topic::config_unconfirmed || entry.topic == topic::config_reverted)
            return add_trial(entry.topic, *body, at);
        if (is_policy_topic(entry.topic)) return add_policy_event(gathered_.policy, entry.topic, *body, at);
        if (entry.topic == topic::config_changed || entry.topic == topic::dhcp_pool)
            return {};  // Gauges and wake-ups: nothing to keep.
        return failed(Code::Invalid, "no table for this topic");
    }

private:
    Status add_traffic(const Json& body, WallTime at) {
        const auto batch = model::parse_traffic_batch(body);
        if (!batch) return std::unexpected{batch.error()};
        if (batch->tick < 1ms || batch->tick > Milliseconds{86'400'000})
            return failed(Code::Invalid, "/tick_ms: must be 1 to 86400000");
        std::map<Mac, Counters> devices;
        Counters all;
        for (const auto& row : batch->rows) {
            if (std::max({row.bytes_up, row.bytes_down, row.packets_up, row.packets_down}) >
                static_cast<std::uint64_t>(most_bytes))
                return failed(Code::Invalid, "/rows: a counter is larger than 2^50");
            all += counters(row);
            if (std::max({all.bytes_up, all.bytes_down, all.packets_up, all.packets_down}) > most_bytes)
                return failed(Code::Invalid, "/rows: the counters' sum is larger than 2^50");
            devices[row.device] += counters(row);
        }
        const auto bucket = bucket_of(at);
        for (const auto& row : batch->rows)
            gathered_.traffic[{bucket, row.device, clean(row.name, most_name), row.source}] += counters(row);
        // Long ticks are what an outbox merged while the router was offline.
        const bool is_current = batch->tick <= stale_rate && at >= now_ - 2 * batch->tick - stale_rate;
        const auto until = now_ + 2 * batch->tick + 1s;
        for (const auto& [mac, counted] : devices) {
            auto& device = seen(mac, at);
            device.total += counted;
            if (is_current)
                device.rate = Rate{rate_of(counted.bytes_up, batch->tick), rate_of(counted.bytes_down, batch->tick), until};
        }
        return {};
    }

    Status add_lease(std::string_view what, const Json& body, WallTime at) {
        const auto member = body.find("lease");
        if (member == body.end()) return failed(Code::Invalid, "/lease: is missing");
        auto lease = model::parse_lease(*member);
        if (!lease) return std::unexpected{lease.error()};
        for (const auto time : {lease->granted_at, lease->expires_at}) {
            if (time < first_sane || time > last_sane)
                return failed(Code::Invalid, "/lease: a time is not between 1970 and 2200");
        }
        lease->hostname = clean(lease->hostname, most_name);
        lease->vendor_class = clean(lease->vendor_class, most_name);
        lease->network = clean(lease->network, most_name);
        lease->client_id = clean(lease->client_id, 2 * most_name);

        const bool is_current = what == topic::lease_granted || what == topic::lease_renewed;
        const bool is_known =
            is_current || what == topic::lease_released || what == topic::lease_expired || what == topic::lease_declined;
        if (!is_known) return failed(Code::Invalid, "no table for this topic");
        auto& news = gathered_.leases[{lease->device, lease->address, lease->granted_at}];
        news.lease = *lease;
        news.state = is_current ? "granted" : std::string{what.substr(what.rfind('.') + 1)};
        news.ended_at = is_current ? std::nullopt : std::optional{at};

        auto& device = seen(lease->device, at);
        device.has_lease_news = true;
        if (is_current) {
            device.lease = *std::move(lease);
            device.released.reset();
        } else if (!device.lease || device.lease->address == lease->address) {
            device.lease.reset();
            device.released = lease->address;
        }
        return {};
    }

    Status add_configuration(std::string_view what, const Json& body) {
        const auto revision = body.find("revision");
        const auto by = body.find("by");
        if (revision == body.end() || !revision->is_number_integer())
            return failed(Code::Invalid, "/revision: must be a whole number");
        if (by == body.end() || !by->is_string()) return failed(Code::Invalid, "/by: must be a text");
        if (what == topic::config_applied) {
            if (*by != "router") return {};  // One daemon of several; bridged speaks for all of them.
            const auto applied = revision->get<std::int64_t>();
            gathered_.applied_revision = std::max(gathered_.applied_revision.value_or(0), applied);
            gathered_.apply_error.reset();
            return {};
        }
        const auto detail = body.find("detail");
        const auto text = detail != body.end() && detail->is_string() ? detail->get<std::string>() : std::string{"no detail"};
        gathered_.apply_error = clean(by->get<std::string>() + ": " + text, 1'000);
        return {};
    }

    Status add_gap(const Json& body) {
        Json detail = Json::object();
        for (const auto* key : {"producer", "topic"}) {
            if (const auto found = body.find(key); found != body.end() && found->is_string())
                detail[key] = clean(found->get<std::string>(), most_name);
        }
        for (const auto* key : {"missing_from", "missing_to"}) {
            if (const auto found = body.find(key); found != body.end() && found->is_number_integer()) detail[key] = *found;
        }
        gathered_.gaps.push_back({.kind = "producer", .detail = detail.dump()});
        return {};
    }

    Status add_dropped(const Json& body) {
        const auto rows = body.find("rows");
        if (rows == body.end() || !rows->is_array() || rows->size() > most_rows)
            return failed(Code::Invalid, "/rows: must be a list of topics");
        Json kept = Json::array();
        for (const auto& row : *rows) {
            model::Fields in{row, "/rows"};
            const auto what = in.text("topic");
            const auto entries = in.integer("entries");
            const auto bytes = in.integer("bytes");
            if (!in.ok() || entries < 0 || bytes < 0) return failed(Code::Invalid, "/rows: topic, entries and bytes");
            kept.push_back({{"topic", clean(what, most_name)}, {"entries", entries}, {"bytes", bytes}});
        }
        Json detail{{"reason", clean(body.value("reason", ""), most_name)}, {"rows", std::move(kept)}};
        for (const auto* key : {"since", "until"}) {
            if (const auto found = body.find(key); found != body.end() && found->is_number_integer()) detail[key] = *found;
        }
        gathered_.gaps.push_back({.kind = "dropped", .detail = detail.dump()});
        return {};
    }

    Status add_drift(const Json& body) {
        model::Fields in{body, ""};
        const auto revision = in.integer("revision");
        const auto& rows = in.array("parts");
        if (!in.ok() || rows.size() > most_rows) return failed(Code::Invalid, "config.drift: " + in.problems());
        Json parts = Json::array();
        for (const auto& row : rows) {
            model::Fields part{row, "/parts"};
            const auto where = part.text("part");
            const auto why = part.text("reason");
            if (!part.ok()) return failed(Code::Invalid, "config.drift: " + part.problems());
            parts.push_back({{"part", clean(where, most_name)}, {"reason", clean(why, 1'000)}});
        }
        gathered_.settings.unenforced = parts.dump();
        gathered_.settings.unenforced_revision = revision;
        return {};
    }

    Status add_trial(std::string_view what, const Json& body, WallTime at) {
        model::Fields in{body, ""};
        const auto revision = in.integer("revision");
        const auto detail = in.text("detail", "");
        const auto state = what == topic::config_reverted ? std::string{"reverted"} : in.text("state");
        if (!in.ok()) return failed(Code::Invalid, std::string{what} + ": " + in.problems());
        if (state != "pending" && state != "kept" && state != "confirmed" && state != "reverted")
            return failed(Code::Invalid, "/state: pending, kept or confirmed");
        auto& settings = gathered_.settings;
        settings.trial = state;
        settings.trial_revision = revision;
        if (state != "reverted") return {};
        settings.revert_reason = clean(detail, 1'000);
        settings.reverted_at = at;
        return {};
    }

    static Counters counters(const model::TrafficRow& row) {
        return {static_cast<std::int64_t>(row.bytes_up), static_cast<std::int64_t>(row.bytes_down),
                static_cast<std::int64_t>(row.packets_up), static_cast<std::int64_t>(row.packets_down)};
    }
    DeviceNews& seen(Mac mac, WallTime at) {
        auto& device = gathered_.devices[mac];
        device.seen_at = std::max(device.seen_at, at);
        return device;
    }

    Gathered& gathered_;
    WallTime now_;
};

}  // namespace

Counters& Counters::operator+=(const Counters& more) noexcept {
    bytes_up += more.bytes_up;
    bytes_down += more.bytes_down;
    packets_up += more.packets_up;
    packets_down += more.packets_down;
    return *this;
}

WallTime bucket_of(WallTime at) { return std::chrono::floor<std::chrono::duration<std::int64_t, std::ratio<10>>>(at); }

std::string clean(std::string_view text, std::size_t most) {
    std::string kept;
    while (!text.empty()) {
        const auto length = utf8_length(text);
        const auto character = text.substr(0, std::max<std::size_t>(length, 1));
        text.remove_prefix(character.size());
        const bool is_control = length == 1 && (static_cast<unsigned char>(character[0]) < 0x20 || character[0] == 0x7f);
        if (length == 0 || is_control) continue;
        if (kept.size() + character.size() > most) break;
        kept += character;
    }
    return kept;
}

Gathered gather(const std::vector<Entry>& entries, WallTime now) {
    Gathered gathered;
    Gatherer gatherer{gathered, now};
    for (const auto& entry : entries) {
        if (auto added = gatherer.add(entry); !added) gathered.rejected.push_back({entry, std::move(added).error().detail});
    }
    return gathered;
}

}  // namespace vivi::db
