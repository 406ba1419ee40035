// /metrics of a running vivi-server: read by the grammar, on a listener of its own, and true.
// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <regex>

#include "tests/adapters/server/server_process.hpp"
#include "tests/common/runtime/exposition.hpp"

namespace vivi::test {
namespace {

class MetricsTest : public ServerTest {
protected:
    Exposition scrape() {
        const auto answer = run(request(metrics_port, "GET", "/metrics", {}, ""));
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
        return Exposition{answer.body};
    }
    const std::uint16_t metrics_port = free_port();
    const Server server{{{"VIVI_METRICS_PORT", std::to_string(metrics_port)}}};
};

TEST_F(MetricsTest, CountsWhatHappened) {
    await_ready(server);
    const auto cookie = sign_in(server, make_user(make_site("metrics").organisation));
    const auto before = scrape();
    post(server, {{"query", "{ me { email } }"}}, {{"cookie", cookie}});
    post(server, {{"query", "{ nothing }"}});
    get(server, "/somewhere");
    get(server, "/no-such.js");
    LiveSocket socket;
    ASSERT_EQ(run(socket.open(server.port, {{"cookie", cookie}})), 101);
    run(socket.send({{"type", "connection_init"}}));
    run(socket.receive());
    const auto after = scrape();
    const auto rose = [&](const std::string& name, const Exposition::Labels& labels) {
        const auto old = before.value(name, labels);
        return after.value(name, labels) - (std::isnan(old) ? 0 : old);
    };
    EXPECT_EQ(rose("vivi_http_requests_total", {{"path", "/graphql"}, {"status", "200"}}), 2);
    EXPECT_EQ(rose("vivi_http_requests_total", {{"path", "files"}, {"status", "200"}}), 1);
    EXPECT_EQ(rose("vivi_http_requests_total", {{"path", "files"}, {"status", "404"}}), 1);
    EXPECT_EQ(rose("vivi_http_request_duration_seconds_count", {{"path", "/graphql"}}), 2);
    EXPECT_EQ(rose("vivi_graphql_operations_total", {{"type", "query"}, {"code", "OK"}}), 1);
    EXPECT_EQ(rose("vivi_graphql_operations_total", {{"type", "none"}, {"code", "GRAPHQL_VALIDATION_FAILED"}}), 1);
    EXPECT_EQ(after.value("vivi_websockets"), 1);
    for (const auto* service : {"database", "broker", "redis"})
        EXPECT_EQ(after.value("vivi_service_up", {{"service", service}}), 1);
    EXPECT_EQ(after.value("vivi_database_connections", {{"pool", "api"}}), 8);
    EXPECT_GT(after.value("process_resident_memory_bytes"), 1 << 20);
    EXPECT_GE(after.value("process_cpu_seconds_total"), before.value("process_cpu_seconds_total"));
    EXPECT_GT(after.value("process_open_fds"), 3);
    EXPECT_EQ(after.sum("vivi_build_info"), 1);
}

TEST_F(MetricsTest, AreNotToldToWhoeverComesToTheWebSite) {
    await_ready(server);
    EXPECT_EQ(get(server, "/metrics").body.find("vivi_http_requests_total"), std::string::npos);
    EXPECT_EQ(run(request(metrics_port, "GET", "/graphql", {}, "")).status, 404);
    EXPECT_EQ(run(request(metrics_port, "POST", "/metrics", {}, "")).status, 405);
}

TEST_F(MetricsTest, EveryFamilyIsDocumented) {
    await_ready(server);
    std::ifstream file{std::string{VIVI_SOURCE} + "/docs/metrics.md"};
    const std::string page{std::istreambuf_iterator<char>{file}, {}};
    for (const auto& name : scrape().families())
        EXPECT_NE(page.find("| `" + name + "`"), std::string::npos) << name << " is not in docs/metrics.md";
}

}  // namespace
}  // namespace vivi::test
