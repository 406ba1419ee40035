// A traffic batch's JSON: written by pcapd, read at ingest.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/traffic.hpp"

#include <array>

#include "common/model/fields.hpp"

namespace vivi::model {
namespace {

constexpr std::array<std::string_view, 5> source_names{"none", "dns", "sni", "quic", "http"};

template <class In>
std::uint64_t counter(In& in, std::string_view key) {
    const auto value = in.integer(key);
    if (value < 0) in.problem(key, "must not be negative");
    return static_cast<std::uint64_t>(value < 0 ? 0 : value);
}

template <class In>
TrafficBatch read_batch(In& in) {
    return {.tick = Milliseconds{in.integer("tick_ms")}, .captured = counter(in, "captured"), .dropped = counter(in, "dropped")};
}

template <class In>
TrafficRow read_row(In& row) {
    const auto source = parse_name_source(row.text("source"));
    if (!source) row.problem("source", "must be none, dns, sni, quic or http");
    return {.device = row.mac("device"),
            .name = row.text("name"),
            .source = source.value_or(NameSource::None),
            .bytes_up = counter(row, "bytes_up"),
            .bytes_down = counter(row, "bytes_down"),
            .packets_up = counter(row, "packets_up"),
            .packets_down = counter(row, "packets_down")};
}

}  // namespace

std::string_view to_string(NameSource source) noexcept { return source_names.at(static_cast<std::size_t>(source)); }

std::optional<NameSource> parse_name_source(std::string_view text) noexcept {
    for (std::size_t i = 0; i < source_names.size(); ++i) {
        if (source_names.at(i) == text) return static_cast<NameSource>(i);
    }
    return std::nullopt;
}

Json to_json(const TrafficBatch& batch) {
    Json rows = Json::array();
    for (const auto& row : batch.rows) {
        rows.push_back({{"device", to_string(row.device)},
                        {"name", row.name},
                        {"source", to_string(row.source)},
                        {"bytes_up", row.bytes_up},
                        {"bytes_down", row.bytes_down},
                        {"packets_up", row.packets_up},
                        {"packets_down", row.packets_down}});
    }
    return {{"tick_ms", batch.tick.count()}, {"captured", batch.captured}, {"dropped", batch.dropped}, {"rows", std::move(rows)}};
}

Result<TrafficBatch> parse_traffic_batch(const Json& json) {
    Fields in{json, ""};
    auto batch = read_batch(in);
    Problems problems;
    std::size_t index = 0;
    for (const auto& element : in.array("rows")) {
        Fields row{element, "/rows/" + std::to_string(index++), problems};
        batch.rows.push_back(read_row(row));
        if (!problems.empty()) return failed(Code::Invalid, problems.front());
    }
    if (!in.ok()) return failed(Code::Invalid, in.problems());
    return batch;
}

TrafficRow read_traffic_row(const Members& element, std::size_t index, Problems& problems) {
    StreamedFields row{element, "/rows/" + std::to_string(index), problems};
    return read_row(row);
}

Result<TrafficBatch> streamed_traffic_batch(const Members& body, RowsOf<TrafficRow>& rows) {
    StreamedFields in{body, ""};
    auto batch = read_batch(in);
    in.expect_list("rows");
    if (!rows.problems().empty()) return failed(Code::Invalid, rows.problems().front());
    if (!in.ok()) return failed(Code::Invalid, in.problems());
    batch.rows = rows.take_rows();
    return batch;
}

}  // namespace vivi::model
