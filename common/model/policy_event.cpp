// The JSON of what the router saw of its policy at work: written by dnsd, pcapd and bridged, read by bridged and at ingest.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/policy_event.hpp"

#include <limits>

#include "common/model/fields.hpp"

namespace vivi::model {
namespace {

std::uint64_t counter(Fields& in, std::string_view key) {
    return static_cast<std::uint64_t>(in.integer(key, 0, std::numeric_limits<std::int64_t>::max()));
}

std::uint16_t port(Fields& in, std::string_view key) { return static_cast<std::uint16_t>(in.integer(key, 0, 65535)); }

Milliseconds tick(Fields& in) { return Milliseconds{in.integer("tick_ms", 0, std::numeric_limits<std::int64_t>::max())}; }

std::optional<Mac> known_device(Fields& in) { return in.has("device") ? std::optional{in.mac("device")} : std::nullopt; }

Ipv6 address(Fields& in, std::string_view key) { return in.parsed<Ipv6>(key, parse_address, "must be an IPv4 or IPv6 address"); }

/// All rows or none: a batch that is wrong in one place is not trusted in another.
template <class Row, class Read>
std::vector<Row> rows(Fields& in, Problems& problems, Read read) {
    std::vector<Row> all;
    std::size_t index = 0;
    for (const auto& element : in.array("rows")) {
        Fields row{element, "/rows/" + std::to_string(index++), problems};
        all.push_back(read(row));
        if (!problems.empty()) break;
    }
    return all;
}

PolicyHit parse_hit(Fields& row) {
    PolicyHit hit{.device = known_device(row),
                  .name = row.text("name", ""),
                  .address = row.text("address", ""),
                  .layer = row.text("layer"),
                  .rule = row.text("rule"),
                  .hits = counter(row, "hits")};
    if (hit.name.empty() && hit.address.empty()) row.problem("name", "a name or an address must be there");
    return hit;
}

Json hit_json(const PolicyHit& hit) {
    Json row{{"layer", hit.layer}, {"rule", hit.rule}, {"hits", hit.hits}};
    if (hit.device) row["device"] = to_string(*hit.device);
    if (!hit.name.empty()) row["name"] = hit.name;
    if (!hit.address.empty()) row["address"] = hit.address;
    return row;
}

template <class T>
Result<T> checked(T value, const Problems& problems) {
    if (!problems.empty()) return failed(Code::Invalid, problems.front());
    return value;
}

}  // namespace

Json to_json(const DomainsSeen& seen) {
    Json all = Json::array();
    for (const auto& row : seen.rows) {
        all.push_back({{"name", row.name}, {"queries", row.queries}});
        if (row.device) all.back()["device"] = to_string(*row.device);
    }
    return {{"tick_ms", seen.tick.count()}, {"folded", seen.folded}, {"rows", std::move(all)}};
}

Result<DomainsSeen> parse_domains_seen(const Json& json) {
    Problems problems;
    Fields in{json, "", problems};
    DomainsSeen seen{.tick = tick(in), .folded = counter(in, "folded")};
    seen.rows = rows<DomainSeen>(in, problems, [](Fields& row) {
        return DomainSeen{.device = known_device(row), .name = row.text("name"), .queries = counter(row, "queries")};
    });
    return checked(std::move(seen), problems);
}

Json to_json(const PolicyHits& hits) {
    Json all = Json::array();
    for (const auto& hit : hits.rows) all.push_back(hit_json(hit));
    return {{"tick_ms", hits.tick.count()},
            {"revision", hits.revision},
            {"by", hits.by},
            {"folded", hits.folded},
            {"rows", std::move(all)}};
}

Result<PolicyHits> parse_policy_hits(const Json& json) {
    Problems problems;
    Fields in{json, "", problems};
    PolicyHits hits{.tick = tick(in), .revision = in.integer("revision"), .by = in.text("by"), .folded = counter(in, "folded")};
    hits.rows = rows<PolicyHit>(in, problems, parse_hit);
    return checked(std::move(hits), problems);
}

Json to_json(const FlowDenied& flow) {
    return {{"device", to_string(flow.device)},
            {"protocol", flow.protocol},
            {"local", to_address_string(flow.local)},
            {"local_port", flow.local_port},
            {"remote", to_address_string(flow.remote)},
            {"remote_port", flow.remote_port},
            {"name", flow.name},
            {"source", to_string(flow.source)},
            {"rule", flow.rule}};
}

Result<FlowDenied> parse_flow_denied(const Json& json) {
    Problems problems;
    Fields in{json, "", problems};
    FlowDenied flow{.device = in.mac("device"),
                    .protocol = static_cast<std::uint8_t>(in.integer("protocol", 0, 255)),
                    .local = address(in, "local"),
                    .remote = address(in, "remote"),
                    .local_port = port(in, "local_port"),
                    .remote_port = port(in, "remote_port"),
                    .name = in.text("name"),
                    .rule = in.text("rule")};
    const auto source = parse_name_source(in.text("source"));
    if (!source) in.problem("source", "must be none, dns, sni, quic or http");
    flow.source = source.value_or(NameSource::None);
    return checked(std::move(flow), problems);
}

Json to_json(const ForeignRa& ra) {
    return {{"interface", ra.interface}, {"device", to_string(ra.device)}, {"router", to_string(ra.router)}};
}

Result<ForeignRa> parse_foreign_ra(const Json& json) {
    Problems problems;
    Fields in{json, "", problems};
    ForeignRa ra{.interface = in.text("interface"), .device = in.mac("device"), .router = address(in, "router")};
    return checked(std::move(ra), problems);
}

Json to_json(const HealthChange& change) { return {{"state", change.state}, {"detail", change.detail}}; }

Result<HealthChange> parse_health_change(const Json& json) {
    Problems problems;
    Fields in{json, "", problems};
    HealthChange change{.state = in.text("state"), .detail = in.text("detail")};
    return checked(std::move(change), problems);
}

}  // namespace vivi::model
