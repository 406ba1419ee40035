// Decodes and adds up a batch of events.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/gathered.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "common/model/fields.hpp"
#include "common/model/sync_event.hpp"
#include "server/db/utf8.hpp"

namespace vivi::db {
namespace {

using namespace std::string_view_literals;
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

constexpr model::Shape lease_shape{.object = "lease", .object_members = model::lease_keys};
constexpr std::array configuration_keys{"by"sv, "detail"sv, "revision"sv};
constexpr model::Shape configuration_shape{.members = configuration_keys};
constexpr std::array gap_keys{"missing_from"sv, "missing_to"sv, "producer"sv, "topic"sv};
constexpr model::Shape gap_shape{.members = gap_keys};
constexpr std::array dropped_keys{"reason"sv, "rows"sv, "since"sv, "until"sv};
constexpr std::array dropped_row_keys{"bytes"sv, "entries"sv, "topic"sv};
constexpr model::Shape dropped_shape{.members = dropped_keys, .list = "rows", .row_members = dropped_row_keys};
constexpr std::array drift_keys{"parts"sv, "revision"sv};
constexpr std::array part_keys{"part"sv, "reason"sv};
constexpr model::Shape drift_shape{.members = drift_keys, .list = "parts", .row_members = part_keys};
constexpr std::array trial_keys{"detail"sv, "revision"sv, "state"sv};
constexpr model::Shape trial_shape{.members = trial_keys};

/// As it is kept: JSON of the same members.
Json read_dropped(const model::Members& element, std::size_t /*index*/, model::Problems& problems) {
    model::StreamedFields in{element, "/rows", problems};
    const auto what = in.text("topic");
    const auto entries = in.integer("entries");
    const auto bytes = in.integer("bytes");
    if (entries < 0 || bytes < 0) in.problem("entries", "must not be negative");
    return {{"topic", clean(what, most_name)}, {"entries", entries}, {"bytes", bytes}};
}

Json read_part(const model::Members& element, std::size_t /*index*/, model::Problems& problems) {
    model::StreamedFields in{element, "/parts", problems};
    const auto where = in.text("part");
    const auto why = in.text("reason");
    return {{"part", clean(where, most_name)}, {"reason", clean(why, 1'000)}};
}

std::string joined(const model::Problems& problems) {
    std::string all;
    for (const auto& one : problems) all += (all.empty() ? "" : "; ") + one;
    return all;
}

/// One event at a time into `gathered`; a Status that is an error is the reason why it cannot be stored, and nothing was added.
class Gatherer {
public:
    Gatherer(Gathered& gathered, WallTime now) : gathered_{gathered}, now_{now} {}

    Status add(const Entry& entry) {
        if (entry.topic == topic::traffic_batch) return add_traffic(entry);
        if (entry.topic.starts_with("dhcp.lease.")) return add_lease(entry);
        if (entry.topic == topic::config_applied || entry.topic == topic::config_failed) return add_configuration(entry);
        if (entry.topic == topic::sync_gap) return add_gap(entry);
        if (entry.topic == topic::sync_dropped) return add_dropped(entry);
        if (entry.topic == topic::config_drift) return add_drift(entry);
        if (entry.topic == topic::config_unconfirmed || entry.topic == topic::config_reverted) return add_trial(entry);
        if (is_policy_topic(entry.topic)) return add_policy_event(gathered_.policy, reader_, entry, now_);
        const auto at = read_event(reader_, entry, now_, {});
        if (!at) return std::unexpected{at.error()};
        if (entry.topic == topic::config_changed || entry.topic == topic::dhcp_pool)
            return {};  // Gauges and wake-ups: nothing to keep.
        return failed(Code::Invalid, "no table for this topic");
    }

    /// Of an event or of a snapshot. `what`: the event's topic.
    Status add(model::Lease lease, std::string_view what, WallTime at) {
        for (const auto time : {lease.granted_at, lease.expires_at}) {
            if (time < first_sane || time > last_sane)
                return failed(Code::Invalid, "/lease: a time is not between 1970 and 2200");
        }
        lease.hostname = clean(lease.hostname, most_name);
        lease.vendor_class = clean(lease.vendor_class, most_name);
        lease.network = clean(lease.network, most_name);
        lease.client_id = clean(lease.client_id, 2 * most_name);

        const bool is_current = what == topic::lease_granted || what == topic::lease_renewed;
        const bool is_known =
            is_current || what == topic::lease_released || what == topic::lease_expired || what == topic::lease_declined;
        if (!is_known) return failed(Code::Invalid, "no table for this topic");
        auto& news = gathered_.leases[{lease.device, lease.address, lease.granted_at}];
        news.lease = lease;
        news.state = is_current ? "granted" : std::string{what.substr(what.rfind('.') + 1)};
        news.ended_at = is_current ? std::nullopt : std::optional{at};

        auto& device = seen(lease.device, at);
        device.has_lease_news = true;
        if (is_current) {
            device.lease = std::move(lease);
            device.released.reset();
        } else if (!device.lease || device.lease->address == lease.address) {
            device.lease.reset();
            device.released = lease.address;
        }
        return {};
    }

private:
    Status add_traffic(const Entry& entry) {
        const auto at = read_event(reader_, entry, now_, model::traffic_batch_shape, &traffic_);
        if (!at) return std::unexpected{at.error()};
        const auto batch = model::streamed_traffic_batch(reader_.body(), traffic_);
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
        add_counted(*batch, devices, *at);
        return {};
    }

    void add_counted(const model::TrafficBatch& batch, const std::map<Mac, Counters>& devices, WallTime at) {
        const auto bucket = bucket_of(at);
        for (const auto& row : batch.rows)
            gathered_.traffic[{bucket, row.device, clean(row.name, most_name), row.source}] += counters(row);
        // Long ticks are what an outbox merged while the router was offline.
        const bool is_current = batch.tick <= stale_rate && at >= now_ - 2 * batch.tick - stale_rate;
        const auto until = now_ + 2 * batch.tick + 1s;
        for (const auto& [mac, counted] : devices) {
            auto& device = seen(mac, at);
            device.total += counted;
            if (is_current)
                device.rate = Rate{rate_of(counted.bytes_up, batch.tick), rate_of(counted.bytes_down, batch.tick), until};
        }
    }

    Status add_lease(const Entry& entry) {
        const auto at = read_event(reader_, entry, now_, lease_shape);
        if (!at) return std::unexpected{at.error()};
        if (member(reader_.body(), "lease") == nullptr) return failed(Code::Invalid, "/lease: is missing");
        auto lease = model::streamed_lease(reader_.object());
        if (!lease) return std::unexpected{lease.error()};
        return add(*std::move(lease), entry.topic, *at);
    }

    Status add_configuration(const Entry& entry) {
        const auto at = read_event(reader_, entry, now_, configuration_shape);
        if (!at) return std::unexpected{at.error()};
        const auto* const revision = member(reader_.body(), "revision");
        const auto* const by = member(reader_.body(), "by");
        if (revision == nullptr || !revision->is_number_integer())
            return failed(Code::Invalid, "/revision: must be a whole number");
        if (by == nullptr || !by->is_string()) return failed(Code::Invalid, "/by: must be a text");
        const auto who = by->get<std::string>();
        if (entry.topic == topic::config_applied) {
            if (who != "router") return {};  // One daemon of several; bridged speaks for all of them.
            const auto applied = revision->get<std::int64_t>();
            gathered_.applied_revision = std::max(gathered_.applied_revision.value_or(0), applied);
            gathered_.apply_error.reset();
            return {};
        }
        const auto* const detail = member(reader_.body(), "detail");
        const auto text = detail != nullptr && detail->is_string() ? detail->get<std::string>() : std::string{"no detail"};
        gathered_.apply_error = clean(who + ": " + text, 1'000);
        return {};
    }

    Status add_gap(const Entry& entry) {
        const auto at = read_event(reader_, entry, now_, gap_shape);
        if (!at) return std::unexpected{at.error()};
        Json detail = Json::object();
        for (const auto* key : {"producer", "topic"}) {
            if (const auto* const found = member(reader_.body(), key); found != nullptr && found->is_string())
                detail[key] = clean(found->get<std::string>(), most_name);
        }
        keep_numbers(detail, {"missing_from", "missing_to"});
        gathered_.gaps.push_back({.kind = "producer", .detail = detail.dump()});
        return {};
    }

    Status add_dropped(const Entry& entry) {
        const auto at = read_event(reader_, entry, now_, dropped_shape, &dropped_);
        if (!at) return std::unexpected{at.error()};
        const auto* const rows = member(reader_.body(), "rows");
        if (rows == nullptr || !rows->is_array() || dropped_.count() > most_rows)
            return failed(Code::Invalid, "/rows: must be a list of topics");
        if (!dropped_.problems().empty()) return failed(Code::Invalid, "/rows: topic, entries and bytes");
        model::StreamedFields in{reader_.body(), ""};
        const auto reason = in.text("reason", "");
        if (!in.ok()) return failed(Code::Invalid, in.problems());
        Json detail{{"reason", clean(reason, most_name)}, {"rows", Json::array()}};
        for (auto& row : dropped_.take_rows()) detail["rows"].push_back(std::move(row));
        keep_numbers(detail, {"since", "until"});
        gathered_.gaps.push_back({.kind = "dropped", .detail = detail.dump()});
        return {};
    }

    Status add_drift(const Entry& entry) {
        const auto at = read_event(reader_, entry, now_, drift_shape, &parts_);
        if (!at) return std::unexpected{at.error()};
        model::StreamedFields in{reader_.body(), ""};
        const auto revision = in.integer("revision");
        in.expect_list("parts");
        if (!in.ok() || parts_.count() > most_rows) return failed(Code::Invalid, "config.drift: " + in.problems());
        if (!parts_.problems().empty()) return failed(Code::Invalid, "config.drift: " + joined(parts_.problems()));
        Json parts = Json::array();
        for (auto& part : parts_.take_rows()) parts.push_back(std::move(part));
        gathered_.settings.unenforced = parts.dump();
        gathered_.settings.unenforced_revision = revision;
        return {};
    }

    Status add_trial(const Entry& entry) {
        const auto at = read_event(reader_, entry, now_, trial_shape);
        if (!at) return std::unexpected{at.error()};
        model::StreamedFields in{reader_.body(), ""};
        const auto revision = in.integer("revision");
        const auto detail = in.text("detail", "");
        const auto state = entry.topic == topic::config_reverted ? std::string{"reverted"} : in.text("state");
        if (!in.ok()) return failed(Code::Invalid, entry.topic + ": " + in.problems());
        if (state != "pending" && state != "kept" && state != "confirmed" && state != "reverted")
            return failed(Code::Invalid, "/state: pending, kept or confirmed");
        auto& settings = gathered_.settings;
        settings.trial = state;
        settings.trial_revision = revision;
        if (state != "reverted") return {};
        settings.revert_reason = clean(detail, 1'000);
        settings.reverted_at = *at;
        return {};
    }

    /// Those of the body's members that are whole numbers.
    void keep_numbers(Json& detail, std::initializer_list<std::string_view> keys) const {
        for (const auto key : keys) {
            const auto* const found = member(reader_.body(), key);
            if (found == nullptr || !found->is_number_integer()) continue;
            auto& kept = detail[std::string{key}];
            if (found->is_number_unsigned())
                kept = found->get<std::uint64_t>();
            else
                kept = found->get<std::int64_t>();
        }
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
    model::EventReader reader_{};
    model::RowsOf<model::TrafficRow> traffic_{model::read_traffic_row};
    model::RowsOf<Json> dropped_{read_dropped};
    model::RowsOf<Json> parts_{read_part};
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

Result<WallTime> read_event(model::EventReader& reader, const Entry& entry, WallTime now, const model::Shape& shape,
                            model::Rows* rows) {
    if (auto read = reader.read(entry.body, shape, rows); !read) return std::unexpected{std::move(read).error()};
    const auto envelope = model::read_envelope(reader);
    if (!envelope) return std::unexpected{envelope.error()};
    return std::clamp(envelope->at, now - oldest, now + furthest);
}

Gathered gather(const std::vector<Entry>& entries, WallTime now) {
    Gathered gathered;
    Gatherer gatherer{gathered, now};
    for (const auto& entry : entries) {
        if (auto added = gatherer.add(entry); !added) gathered.rejected.push_back({entry, std::move(added).error().detail});
    }
    return gathered;
}

Gathered gather_leases(std::vector<model::Lease> leases, WallTime now) {
    Gathered gathered;
    Gatherer gatherer{gathered, now};
    // What has a time that cannot be stored is left out: the router's next event of it says the same.
    for (auto& lease : leases) static_cast<void>(gatherer.add(std::move(lease), topic::lease_granted, now));
    return gathered;
}

}  // namespace vivi::db
