// What vivi-server counts: the families of docs/metrics.md, filled from its parts when somebody asks.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "common/core/time.hpp"
#include "common/runtime/metrics.hpp"
#include "common/runtime/process_usage.hpp"
#include "server/db/pool.hpp"
#include "server/graphql/engine.hpp"
#include "server/transport/metrics.hpp"

namespace vivi {

class ServerMetrics {
public:
    ServerMetrics() {
        transport::declare_metrics(metrics_);
        declare_requests();
        declare_parts();
        declare_process();
        metrics_.set("vivi_build_info", {{"version", VIVI_VERSION}}, 1);
    }
    Metrics& metrics() noexcept { return metrics_; }

    /// Files of the web site are one path: their names are the visitor's choice.
    void answered(std::string_view path, int status, Instant::duration took) {
        const bool is_known = path == "/graphql" || path == "/healthz" || path == "/readyz" || path == "/graphiql";
        const std::string shown{is_known ? path : "files"};
        metrics_.add("vivi_http_requests_total", {{"path", shown}, {"status", std::to_string(status)}});
        metrics_.observe("vivi_http_request_duration_seconds", {{"path", shown}}, std::chrono::duration<double>(took).count());
    }

    void show_pool(std::string_view name, const db::Pool& pool) {
        const auto usage = pool.usage();
        const std::string of{name};
        metrics_.set("vivi_database_connections", {{"pool", of}}, static_cast<double>(usage.size));
        metrics_.set("vivi_database_connections_used", {{"pool", of}}, static_cast<double>(usage.used));
        metrics_.set("vivi_database_waiting", {{"pool", of}}, static_cast<double>(usage.waiting));
    }
    void show_service(std::string_view name, bool is_up) {
        metrics_.set("vivi_service_up", {{"service", std::string{name}}}, is_up ? 1 : 0);
    }
    void show_live(std::size_t subscriptions, std::size_t watched_routers, const graphql::Engine::SharedCounts& looks) {
        metrics_.set("vivi_subscriptions", {}, static_cast<double>(subscriptions));
        metrics_.set("vivi_watched_routers", {}, static_cast<double>(watched_routers));
        metrics_.set("vivi_graphql_looks_total", {{"kind", "made"}}, static_cast<double>(looks.looked));
        metrics_.set("vivi_graphql_looks_total", {{"kind", "shared"}}, static_cast<double>(looks.shared));
    }
    /// With what the process uses now.
    std::string render() {
        const auto usage = process_usage();
        metrics_.set("process_cpu_seconds_total", {}, usage.cpu_seconds);
        metrics_.set("process_resident_memory_bytes", {}, static_cast<double>(usage.resident_bytes));
        metrics_.set("process_open_fds", {}, static_cast<double>(usage.open_files));
        metrics_.set("process_max_fds", {}, static_cast<double>(usage.most_files));
        metrics_.set("process_start_time_seconds", {}, usage.started_at);
        return metrics_.render();
    }

private:
    using Kind = Metrics::Kind;
    void declare_requests() {
        metrics_.declare("vivi_http_requests_total", Kind::Counter, "HTTP requests answered, by path and status.");
        metrics_.declare("vivi_http_request_duration_seconds", Kind::Histogram, "From the whole request to its answer, by path.",
                         {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10});
    }
    void declare_parts() {
        metrics_.declare("vivi_build_info", Kind::Gauge, "1, with the version as its label.");
        metrics_.declare("vivi_database_connections", Kind::Gauge, "Connections a pool may use.");
        metrics_.declare("vivi_database_connections_used", Kind::Gauge, "Connections in a transaction now.");
        metrics_.declare("vivi_database_waiting", Kind::Gauge, "Transactions that wait for a connection.");
        metrics_.declare("vivi_service_up", Kind::Gauge, "1 while the database, the broker, redis is connected.");
        metrics_.declare("vivi_subscriptions", Kind::Gauge, "Subscriptions that follow a router.");
        metrics_.declare("vivi_watched_routers", Kind::Gauge, "Routers that somebody looks at.");
        metrics_.declare("vivi_graphql_looks_total", Kind::Counter,
                         "Looks of subscriptions at the database: made, or shared with an equal subscription.");
    }
    void declare_process() {
        metrics_.declare("process_cpu_seconds_total", Kind::Counter, "User and system CPU time in seconds.");
        metrics_.declare("process_resident_memory_bytes", Kind::Gauge, "Resident memory in bytes.");
        metrics_.declare("process_open_fds", Kind::Gauge, "Open file descriptors.");
        metrics_.declare("process_max_fds", Kind::Gauge, "The most file descriptors it may have.");
        metrics_.declare("process_start_time_seconds", Kind::Gauge, "Start of the process, seconds since 1970.");
    }
    Metrics metrics_;
};

}  // namespace vivi
