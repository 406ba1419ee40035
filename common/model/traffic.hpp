// Traffic: bytes per device, remote name and direction over one tick; the body of traffic.batch.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "common/core/net.hpp"
#include "common/core/result.hpp"
#include "common/model/event.hpp"
#include "common/model/streamed.hpp"

namespace vivi::model {

/// How a name was learned; never merge a guess with a fact.
enum class NameSource : std::uint8_t { None, Dns, Sni, Quic, Http };

/// "none", "dns", "sni", "quic", "http".
std::string_view to_string(NameSource source) noexcept;
std::optional<NameSource> parse_name_source(std::string_view text) noexcept;

struct TrafficRow {
    Mac device{};
    std::string name{};  ///< Lower case, no final dot; empty when nothing named the remote address (the unattributed bucket).
    NameSource source = NameSource::None;
    std::uint64_t bytes_up = 0;    ///< From the device, IP header included, link header not.
    std::uint64_t bytes_down = 0;  ///< To the device.
    std::uint64_t packets_up = 0;
    std::uint64_t packets_down = 0;
    bool operator==(const TrafficRow&) const = default;
};

/// One message a tick. The rows are deltas: their sum over all batches is the total.
struct TrafficBatch {
    Milliseconds tick{};         ///< How long was counted.
    std::uint64_t captured = 0;  ///< Packets the capture gave us in this tick.
    std::uint64_t dropped = 0;   ///< Packets the kernel dropped in this tick for want of room (PACKET_STATISTICS).
    std::vector<TrafficRow> rows{};
    bool operator==(const TrafficBatch&) const = default;
};

/// {"tick_ms","captured","dropped","rows":[{"device","name","source","bytes_up","bytes_down","packets_up","packets_down"}]}
Json to_json(const TrafficBatch& batch);
Result<TrafficBatch> parse_traffic_batch(const Json& json);

/// The same as it goes by.
inline constexpr std::array<std::string_view, 4> traffic_batch_keys{"captured", "dropped", "rows", "tick_ms"};
inline constexpr std::array<std::string_view, 7> traffic_row_keys{"bytes_down",   "bytes_up",   "device", "name",
                                                                  "packets_down", "packets_up", "source"};
inline constexpr Shape traffic_batch_shape{.members = traffic_batch_keys, .list = "rows", .row_members = traffic_row_keys};
TrafficRow read_traffic_row(const Members& element, std::size_t index, Problems& problems);
Result<TrafficBatch> streamed_traffic_batch(const Members& body, RowsOf<TrafficRow>& rows);

}  // namespace vivi::model
