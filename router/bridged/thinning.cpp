// Merging and counting.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/thinning.hpp"

#include <algorithm>
#include <optional>
#include <tuple>

#include "common/model/event.hpp"
#include "common/model/policy_event.hpp"
#include "common/model/sync_event.hpp"
#include "common/model/traffic.hpp"

namespace vivi::bridged {
namespace {

using model::Json;

/// Some 200 bytes a row: far below a frame, and what a producer puts into a message at most.
constexpr std::size_t most_rows = 2'000;
constexpr WallTime clock_is_set = from_unix_ms(1'704'067'200'000);  // 2024-01-01

Milliseconds span_of(Grain grain) {
    switch (grain) {
        case Grain::FiveMinutes: return Milliseconds{300'000};
        case Grain::Hour:
        case Grain::Unnamed: return Milliseconds{3'600'000};
    }
    return Milliseconds{300'000};
}

sync::Entry without_body(const sync::Entry& entry) {
    // As many bytes as it has: what is freed by it is counted by them.
    return {.epoch = entry.epoch, .sequence = entry.sequence, .topic = entry.topic, .body = std::string(entry.body.size(), ' ')};
}

struct Read {
    WallTime at{};
    model::TrafficBatch batch{};
};

std::optional<Read> read_traffic(const sync::Entry& entry) {
    if (entry.topic != model::topic::traffic_batch) return std::nullopt;
    const auto json = model::parse_json(entry.body);
    const auto envelope = json ? model::parse_envelope(*json) : std::unexpected{json.error()};
    auto batch = envelope ? model::parse_traffic_batch(*json) : std::unexpected{envelope.error()};
    if (!batch) return std::nullopt;
    return Read{.at = envelope->at, .batch = *std::move(batch)};
}

/// One span's traffic.
class Merged {
public:
    void add(const sync::Entry& entry, Read read, Grain grain) {
        gone_.push_back(without_body(entry));
        bytes_ += entry.body.size();
        at_ = std::max(at_, read.at);
        tick_ += read.batch.tick;
        captured_ += read.batch.captured;
        dropped_ += read.batch.dropped;
        for (auto& row : read.batch.rows) {
            if (grain == Grain::Unnamed) {
                row.name.clear();
                row.source = model::NameSource::None;
            }
            auto& sum = rows_[{row.device, row.name, row.source}];
            sum.bytes_up += row.bytes_up;
            sum.bytes_down += row.bytes_down;
            sum.packets_up += row.packets_up;
            sum.packets_down += row.packets_down;
        }
    }
    void put(Thinned& all) && {
        if (gone_.size() < 2) return;
        auto bodies = this->bodies();
        std::size_t bytes = 0;
        for (const auto& body : bodies) bytes += body.members.dump().size();
        if (bytes * 5 > bytes_ * 4) return;
        std::ranges::move(gone_, std::back_inserter(all.gone));
        std::ranges::move(bodies, std::back_inserter(all.instead));
    }

private:
    using Key = std::tuple<Mac, std::string, model::NameSource>;

    std::vector<Body> bodies() const {
        std::vector<Body> all;
        model::TrafficBatch batch{.tick = std::min(tick_, Milliseconds{86'400'000}), .captured = captured_, .dropped = dropped_};
        const auto flush = [&] {
            all.push_back({.topic = std::string{model::topic::traffic_batch}, .members = model::to_json(batch), .at = at_});
            batch.captured = batch.dropped = 0;  // They are in the first.
            batch.rows.clear();
        };
        for (const auto& [key, sum] : rows_) {
            auto row = sum;
            std::tie(row.device, row.name, row.source) = key;
            batch.rows.push_back(std::move(row));
            if (batch.rows.size() == most_rows) flush();
        }
        if (!batch.rows.empty() || all.empty()) flush();
        return all;
    }

    std::vector<sync::Entry> gone_;
    std::size_t bytes_ = 0;
    WallTime at_{};
    Milliseconds tick_{};
    std::uint64_t captured_ = 0, dropped_ = 0;
    std::map<Key, model::TrafficRow> rows_;
};

/// What of each topic went.
class Account {
public:
    explicit Account(std::string_view reason) : reason_{reason} {}

    void add(const sync::Entry& entry) {
        gone_.push_back(without_body(entry));
        const auto json = model::parse_json(entry.body);
        if (const auto envelope = json ? model::parse_envelope(*json) : std::unexpected{json.error()}) cover(envelope->at);
        if (entry.topic == model::topic::sync_dropped && json && json->contains("rows") && (*json)["rows"].is_array()) {
            for (const auto& row : (*json)["rows"]) add_row(row);
            for (const auto* end : {"since", "until"}) {
                if (json->contains(end) && (*json)[end].is_number_integer())
                    cover(from_unix_ms((*json)[end].get<std::int64_t>()));
            }
            return;
        }
        ++kinds_[entry.topic].entries;
        kinds_[entry.topic].bytes += entry.body.size();
    }
    Dropped take() && {
        Dropped dropped{.gone = std::move(gone_)};
        if (dropped.gone.empty()) return dropped;
        Json rows = Json::array();
        for (const auto& [topic, count] : kinds_)
            rows.push_back({{"topic", topic}, {"entries", count.entries}, {"bytes", count.bytes}});
        dropped.account = {.topic = std::string{model::topic::sync_dropped},
                           .members = {{"reason", reason_},
                                       {"since", to_unix_ms(from_.value_or(WallTime{}))},
                                       {"until", to_unix_ms(to_.value_or(WallTime{}))},
                                       {"rows", std::move(rows)}}};
        return dropped;
    }

private:
    struct Count {
        std::uint64_t entries = 0, bytes = 0;
    };
    void cover(WallTime at) {
        from_ = std::min(from_.value_or(at), at);
        to_ = std::max(to_.value_or(at), at);
    }
    void add_row(const Json& row) {
        if (!row.is_object() || !row.contains("topic") || !row["topic"].is_string()) return;
        auto& count = kinds_[row["topic"].get<std::string>()];
        count.entries += row.value("entries", std::uint64_t{0});
        count.bytes += row.value("bytes", std::uint64_t{0});
    }

    std::string reason_;
    std::vector<sync::Entry> gone_;
    std::optional<WallTime> from_, to_;
    std::map<std::string, Count> kinds_;
};

bool is_of(const sync::Entry& entry, Expendable kind) {
    switch (kind) {
        case Expendable::Traffic: return entry.topic == model::topic::traffic_batch;
        case Expendable::Hits: return entry.topic == model::topic::policy_hit;
        case Expendable::All: return entry.topic != model::topic::sync_dropped;
    }
    return false;
}

/// Accounts are folded into the new one only when there is a new one.
Dropped dropped_with_accounts(const std::vector<sync::Entry>& entries, const std::vector<const sync::Entry*>& gone,
                              std::string_view reason) {
    Account account{reason};
    for (const auto* entry : gone) account.add(*entry);
    if (gone.empty()) return std::move(account).take();
    for (const auto& entry : entries) {
        if (entry.topic == model::topic::sync_dropped && std::ranges::find(gone, &entry) == gone.end()) account.add(entry);
    }
    return std::move(account).take();
}

}  // namespace

Thinned thin(const std::vector<sync::Entry>& entries, Grain grain) {
    std::map<std::int64_t, Merged> spans;
    for (const auto& entry : entries) {
        auto read = read_traffic(entry);
        if (!read) continue;
        const auto span = to_unix_ms(read->at) / span_of(grain).count();
        spans[span].add(entry, *std::move(read), grain);
    }
    Thinned all;
    for (auto& [span, merged] : spans) std::move(merged).put(all);
    return all;
}

Dropped drop(const std::vector<sync::Entry>& entries, Expendable kind, std::uint64_t bytes) {
    std::vector<const sync::Entry*> gone;
    std::uint64_t freed = 0;
    for (const auto& entry : entries) {
        if (freed >= bytes) break;
        if (!is_of(entry, kind)) continue;
        gone.push_back(&entry);
        freed += entry.topic.size() + entry.body.size();
    }
    return dropped_with_accounts(entries, gone, "bytes");
}

Dropped drop_older(const std::vector<sync::Entry>& entries, WallTime before) {
    std::vector<const sync::Entry*> gone;
    for (const auto& entry : entries) {
        const auto json = model::parse_json(entry.body);
        const auto envelope = json ? model::parse_envelope(*json) : std::unexpected{json.error()};
        if (!envelope || envelope->at < clock_is_set || envelope->at >= before) continue;
        if (entry.topic != model::topic::sync_dropped) gone.push_back(&entry);
    }
    return dropped_with_accounts(entries, gone, "age");
}

}  // namespace vivi::bridged
