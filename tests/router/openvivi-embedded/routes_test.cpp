// Paths of the embedded API: what is found, what is not, and that the published description says the same.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/routes.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <set>

#include "router/openvivi-embedded/service_names.hpp"

namespace vivi::openvivi_embedded {
namespace {

TEST(EmbeddedRoutes, FindsAPathWithItsArgument) {
    const auto found = find_route("POST", "/v1/services/vivi-dhcpd/restart");
    ASSERT_NE(found.route, nullptr);
    EXPECT_EQ(found.route->action, Action::RestartService);
    EXPECT_EQ(found.route->access, Access::Command);
    EXPECT_EQ(found.argument, "vivi-dhcpd");
    EXPECT_EQ(find_route("GET", "/v1/services/unbound/logs/stream").route->action, Action::FollowLogs);
}

TEST(EmbeddedRoutes, NamesTheMethodsOfAPath) {
    const auto found = find_route("DELETE", "/v1/update");
    EXPECT_EQ(found.route, nullptr);
    EXPECT_EQ(found.allowed, "GET, POST");
}

TEST(EmbeddedRoutes, AnArgumentIsNeverAPath) {
    for (const auto* path :
         {"/v1/services/../logs", "/v1/services/./logs", "/v1/services//logs", "/v1/services/a/b/logs",
          "/v1/services/%2e%2e/logs", "/v1/services/a%2fb/logs", "/v1/services/a\\b/logs", "/v1/services/a b/logs",
          "/v1/services/vivi-dhcpd/logs/", "//v1/health", "/v1/health/", "v1/health", "", "/"})
        EXPECT_EQ(find_route("GET", path).route, nullptr) << path;
    EXPECT_EQ(find_route("GET", "/v1/services/" + std::string(65, 'a') + "/logs").route, nullptr);
}

TEST(EmbeddedRoutes, OnlyVivisOwnServicesAreUnits) {
    EXPECT_EQ(unit_of("vivi-dhcpd"), "vivi-dhcpd.service");
    for (const auto* name : {"ssh", "vivi-dhcpd.service", "vivi-", "../vivi-dhcpd", "vivi-dhcpd@x", "systemd-logind", ""})
        EXPECT_EQ(unit_of(name), std::nullopt) << name;
}

TEST(EmbeddedRoutes, WhatChangesSomethingNeedsACommandsToken) {
    for (const auto& route : routes()) {
        if (route.method == "POST" && route.action != Action::HubNote) EXPECT_EQ(route.access, Access::Command) << route.path;
        if (route.method == "GET") EXPECT_NE(route.access, Access::Command) << route.path;
    }
}

/// "GET /v1/health": of the lines `  /v1/health:` and `    get:` of the OpenAPI document.
std::set<std::string> described() {
    std::ifstream file{VIVI_ROOT "/docs/embedded_api.yaml"};
    std::set<std::string> operations;
    std::string path;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("  /")) path = line.substr(2, line.find(':') - 2);
        if (!line.starts_with("  ") && !line.empty()) path.clear();
        for (const auto& [key, method] :
             {std::pair{"    get:", "GET "}, {"    post:", "POST "}, {"    put:", "PUT "}, {"    delete:", "DELETE "}}) {
            if (line == key && !path.empty()) operations.insert(method + path);
        }
    }
    return operations;
}

TEST(EmbeddedRoutes, AreThoseOfTheOpenApiDocument) {
    std::set<std::string> served;
    for (const auto& route : routes()) served.insert(std::string{route.method} + ' ' + std::string{route.path});
    EXPECT_EQ(described(), served);
}

TEST(EmbeddedRoutes, PolkitAllowsTheSameServices) {
    std::ifstream file{VIVI_ROOT "/deploy/router/polkit/50-vivi.rules"};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    for (const auto name : service_names()) EXPECT_THAT(text, testing::HasSubstr('"' + std::string{name} + ".service\"")) << name;
    std::size_t units = 0;
    for (auto at = text.find(".service\""); at != std::string::npos; at = text.find(".service\"", at + 1)) ++units;
    EXPECT_EQ(units, service_names().size()) << "and no other";
}

}  // namespace
}  // namespace vivi::openvivi_embedded
