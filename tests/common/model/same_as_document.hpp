// Reads a text as every kind of event there is, once as it goes by and once as a document: both say the same, errors included.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "common/model/lease.hpp"
#include "common/model/policy_event.hpp"
#include "common/model/traffic.hpp"

namespace vivi::test {

template <class T>
std::string difference(const char* what, const Result<T>& streamed, const Result<T>& document) {
    if (streamed.has_value() != document.has_value())
        return std::string{what} + (streamed ? ": only the document says " : ": only the stream says ") +
               (streamed ? document.error().detail : streamed.error().detail);
    if (!streamed)
        return streamed.error().detail == document.error().detail && streamed.error().code == document.error().code
                   ? ""
                   : std::string{what} + ": '" + streamed.error().detail + "' is not '" + document.error().detail + "'";
    return *streamed == *document ? "" : std::string{what} + ": the values differ";
}

/// What differs, in words; empty: nothing. One reader for all, so that what one event leaves behind would show in the next.
inline std::string difference_to_document(model::EventReader& reader, std::string_view text) {
    using namespace model;
    const auto json = parse_json(text);
    if (const auto is_read = reader.read(text, {}); !json || !is_read) {
        const auto words = [](const auto& result) {
            return result ? Result<std::string>{"JSON"} : std::unexpected{result.error()};
        };
        return difference("text", words(is_read), words(json));
    }
    using Plain = std::pair<WallTime, Producer>;
    const auto plain = [](const Result<Envelope>& of) {
        return of ? Result<Plain>{Plain{of->at, of->from}} : std::unexpected{of.error()};
    };
    auto found = difference("envelope", plain(read_envelope(reader)), plain(parse_envelope(*json)));
    const auto compare = [&](const char* what, const auto& streamed, const auto& document) {
        if (found.empty()) found = difference(what, streamed, document);
    };
    const auto read = [&](const Shape& shape, Rows* rows = nullptr) { static_cast<void>(reader.read(text, shape, rows)); };

    RowsOf<TrafficRow> traffic{read_traffic_row};
    read(traffic_batch_shape, &traffic);
    compare("traffic.batch", streamed_traffic_batch(reader.body(), traffic), parse_traffic_batch(*json));
    RowsOf<DomainSeen> domains{read_domain_seen};
    read(domains_seen_shape, &domains);
    compare("domain.seen", streamed_domains_seen(reader.body(), domains), parse_domains_seen(*json));
    RowsOf<PolicyHit> hits{read_policy_hit};
    read(policy_hits_shape, &hits);
    compare("policy.hit", streamed_policy_hits(reader.body(), hits), parse_policy_hits(*json));
    read(foreign_ra_shape);
    compare("network.foreign_ra", streamed_foreign_ra(reader.body()), parse_foreign_ra(*json));
    read(health_change_shape);
    compare("health", streamed_health_change(reader.body()), parse_health_change(*json));
    read({.object = "lease", .object_members = lease_keys});
    const auto* const lease = member(*json, "lease");
    if ((lease != nullptr) != (member(reader.body(), "lease") != nullptr)) return "lease: one of the two has none";
    if (lease != nullptr) compare("lease", streamed_lease(reader.object()), parse_lease(*lease));
    return found;
}

}  // namespace vivi::test
