// The JSON of what the router saw of its policy at work: written by dnsd, pcapd and bridged, read by bridged and at ingest.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/policy_event.hpp"

#include <limits>

#include "common/model/fields.hpp"

namespace vivi::model {
namespace {

template <class In>
std::uint64_t counter(In& in, std::string_view key) {
    return static_cast<std::uint64_t>(in.integer(key, 0, std::numeric_limits<std::int64_t>::max()));
}

std::uint16_t port(Fields& in, std::string_view key) { return static_cast<std::uint16_t>(in.integer(key, 0, 65535)); }

template <class In>
Milliseconds tick(In& in) {
    return Milliseconds{in.integer("tick_ms", 0, std::numeric_limits<std::int64_t>::max())};
}

template <class In>
std::optional<Mac> known_device(In& in) {
    return in.has("device") ? std::optional{in.mac("device")} : std::nullopt;
}

template <class In>
Ipv6 address(In& in, std::string_view key) {
    return in.template parsed<Ipv6>(key, parse_address, "must be an IPv4 or IPv6 address");
}

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

template <class In>
DomainSeen read_seen(In& row) {
    return {.device = known_device(row), .name = row.text("name"), .queries = counter(row, "queries")};
}

template <class In>
PolicyHit read_hit(In& row) {
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

template <class In>
DomainsSeen read_domains(In& in) {
    return {.tick = tick(in), .folded = counter(in, "folded")};
}

template <class In>
PolicyHits read_hits(In& in) {
    return {.tick = tick(in), .revision = in.integer("revision"), .by = in.text("by"), .folded = counter(in, "folded")};
}

template <class T>
Result<T> checked(T value, const Problems& problems) {
    if (!problems.empty()) return failed(Code::Invalid, problems.front());
    return value;
}

/// Of several problems the first is said: what stands beside the rows before what is in them.
template <class Batch, class Row>
Result<Batch> with_rows(Batch batch, StreamedFields& in, Problems& problems, RowsOf<Row>& rows) {
    in.expect_list("rows");
    if (problems.empty()) problems = rows.problems();
    batch.rows = rows.take_rows();
    return checked(std::move(batch), problems);
}

template <class Object>
Result<ForeignRa> read_foreign_ra(const Object& object) {
    Problems problems;
    FieldsOf<Object> in{object, "", problems};
    ForeignRa ra{.interface = in.text("interface"), .device = in.mac("device"), .router = address(in, "router")};
    return checked(std::move(ra), problems);
}

template <class Object>
Result<HealthChange> read_health_change(const Object& object) {
    Problems problems;
    FieldsOf<Object> in{object, "", problems};
    HealthChange change{.state = in.text("state"), .detail = in.text("detail")};
    return checked(std::move(change), problems);
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
    auto seen = read_domains(in);
    seen.rows = rows<DomainSeen>(in, problems, read_seen<Fields>);
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
    auto hits = read_hits(in);
    hits.rows = rows<PolicyHit>(in, problems, read_hit<Fields>);
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

Result<ForeignRa> parse_foreign_ra(const Json& json) { return read_foreign_ra(json); }

Json to_json(const HealthChange& change) { return {{"state", change.state}, {"detail", change.detail}}; }

Result<HealthChange> parse_health_change(const Json& json) { return read_health_change(json); }

DomainSeen read_domain_seen(const Members& element, std::size_t index, Problems& problems) {
    StreamedFields row{element, "/rows/" + std::to_string(index), problems};
    return read_seen(row);
}

Result<DomainsSeen> streamed_domains_seen(const Members& body, RowsOf<DomainSeen>& rows) {
    Problems problems;
    StreamedFields in{body, "", problems};
    return with_rows(read_domains(in), in, problems, rows);
}

PolicyHit read_policy_hit(const Members& element, std::size_t index, Problems& problems) {
    StreamedFields row{element, "/rows/" + std::to_string(index), problems};
    return read_hit(row);
}

Result<PolicyHits> streamed_policy_hits(const Members& body, RowsOf<PolicyHit>& rows) {
    Problems problems;
    StreamedFields in{body, "", problems};
    return with_rows(read_hits(in), in, problems, rows);
}

Result<ForeignRa> streamed_foreign_ra(const Members& body) { return read_foreign_ra(body); }
Result<HealthChange> streamed_health_change(const Members& body) { return read_health_change(body); }

}  // namespace vivi::model
