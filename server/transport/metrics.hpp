// What the transport counts, in the words of docs/metrics.md.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "common/runtime/metrics.hpp"
#include "server/graphql/engine.hpp"

namespace vivi::transport {

/// The families that the functions below and Socket count in.
void declare_metrics(Metrics& metrics);

/// An operation that ended (a subscription: that began); without type: it was refused before its type was known. `code` is the
/// extensions.code of its first error, "OK" without.
void count_operation(Metrics* metrics, std::optional<graphql::OperationType> type, std::string_view code);
std::string_view code_of(const graphql::Response& response);
std::string_view code_of(const graphql::Refusal& refusal);

inline constexpr std::string_view sockets_metric = "vivi_websockets";
inline constexpr std::string_view closes_metric = "vivi_websocket_closes_total";
inline constexpr std::string_view deliveries_metric = "vivi_graphql_deliveries_total";

}  // namespace vivi::transport
