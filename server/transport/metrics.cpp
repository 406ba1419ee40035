// Counting operations.
// SPDX-License-Identifier: Apache-2.0
#include "server/transport/metrics.hpp"

namespace vivi::transport {
namespace {

constexpr std::string_view operations_metric = "vivi_graphql_operations_total";

std::string name_of(std::optional<graphql::OperationType> type) {
    if (!type) return "none";
    switch (*type) {
        case graphql::OperationType::Query: return "query";
        case graphql::OperationType::Mutation: return "mutation";
        case graphql::OperationType::Subscription: return "subscription";
    }
    return "none";
}

}  // namespace

void declare_metrics(Metrics& metrics) {
    using enum Metrics::Kind;
    metrics.declare(std::string{operations_metric}, Counter,
                    "GraphQL operations that ended, by type and the code of the first error (OK without).");
    metrics.declare(std::string{deliveries_metric}, Counter, "Events sent to subscribers.");
    metrics.declare(std::string{sockets_metric}, Gauge, "WebSockets that are open.");
    metrics.declare(std::string{closes_metric}, Counter, "WebSockets that this side closed, by close code.");
}

void count_operation(Metrics* metrics, std::optional<graphql::OperationType> type, std::string_view code) {
    if (metrics != nullptr) metrics->add(operations_metric, {{"type", name_of(type)}, {"code", std::string{code}}});
}

std::string_view code_of(const graphql::Response& response) {
    if (!response.has_errors) return "OK";
    // Quotes within a JSON string are escaped: only an object reads like this, and `errors` come first.
    constexpr std::string_view mark = "\"extensions\":{\"code\":\"";
    const std::string_view body = response.body;
    const auto at = body.find(mark);
    if (at == std::string_view::npos) return "NONE";
    const auto code = body.substr(at + mark.size());
    return code.substr(0, code.find('"'));
}

std::string_view code_of(const graphql::Refusal& refusal) {
    return refusal.errors.empty() ? std::string_view{"NONE"} : std::string_view{refusal.errors.front().code};
}

}  // namespace vivi::transport
