// Kinds, states and requests of commands, and what is read of a router's report.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/command.hpp"

#include <gmock/gmock.h>

namespace vivi::model {
namespace {

using enum CommandState;
constexpr CommandState all_states[]{Queued, Sent, Running, Succeeded, Failed, Expired, Cancelled};

TEST(Command, KindsAndStatesHaveNames) {
    for (int i = 0; i <= static_cast<int>(CommandKind::Throughput); ++i) {
        const auto kind = static_cast<CommandKind>(i);
        EXPECT_EQ(parse_command_kind(to_string(kind)), kind);
    }
    for (const auto state : all_states) EXPECT_EQ(parse_command_state(to_string(state)), state);
    EXPECT_FALSE(parse_command_kind("shell"));
    EXPECT_FALSE(parse_command_state("done"));
}

TEST(Command, WhatIsOverStaysOver) {
    for (const auto from : {Succeeded, Failed, Expired, Cancelled}) {
        EXPECT_TRUE(is_over(from));
        for (const auto to : all_states) EXPECT_FALSE(may_become(from, to)) << to_string(from) << to_string(to);
    }
}

TEST(Command, GoesForwardAndBackOnlyWhileNobodyTookIt) {
    EXPECT_TRUE(may_become(Queued, Sent));
    EXPECT_TRUE(may_become(Sent, Queued)) << "the router never had it";
    EXPECT_FALSE(may_become(Running, Queued)) << "it would be done twice";
    EXPECT_FALSE(may_become(Running, Sent));
    EXPECT_FALSE(may_become(Running, Expired)) << "the router took it in time";
    EXPECT_FALSE(may_become(Queued, Succeeded));
    EXPECT_FALSE(may_become(Queued, Running)) << "sent comes first, so that a crash between is asked about";
    EXPECT_TRUE(may_become(Sent, Expired));
}

TEST(Command, IsTheRequestOfTheProtocol) {
    struct Row {
        CommandKind kind;
        Json parameters;
        CommandRequest request;
    };
    const std::vector<Row> rows{
        {CommandKind::Reboot, Json::object(), {"POST", "/v1/system/reboot", "{}"}},
        {CommandKind::PowerOff, Json::object(), {"POST", "/v1/system/poweroff", "{}"}},
        {CommandKind::RestartService, {{"service", "vivi-dnsd"}}, {"POST", "/v1/services/vivi-dnsd/restart", "{}"}},
        {CommandKind::CollectLogs,
         {{"service", "vivi-dhcpd"}, {"lines", 20}},
         {"POST", "/v1/services/vivi-dhcpd/logs", R"({"lines":20,"since_seconds":3600})"}},
        {CommandKind::CollectLogs,
         {{"service", "vivi-dhcpd"}, {"follow_seconds", 60}},
         {"POST", "/v1/services/vivi-dhcpd/logs", R"({"follow_seconds":60,"lines":500,"since_seconds":3600})"}},
        {CommandKind::Ping, {{"host", "192.0.2.1"}}, {"POST", "/v1/diagnostics/ping", R"({"count":4,"host":"192.0.2.1"})"}},
        {CommandKind::Dns, {{"name", "www.example.org"}}, {"POST", "/v1/diagnostics/dns", R"({"name":"www.example.org"})"}},
        {CommandKind::Throughput, {{"seconds", 7}}, {"POST", "/v1/diagnostics/throughput", R"({"seconds":7})"}},
    };
    for (const auto& row : rows) {
        const auto request = command_request(row.kind, row.parameters);
        ASSERT_TRUE(request) << request.error().front();
        EXPECT_EQ(*request, row.request) << request->target << request->body;
    }
    const Json release{
        {"version", "1.2.0"}, {"architecture", "arm64"}, {"size_bytes", 9}, {"sha256", std::string(64, 'a')}, {"signature", "s"}};
    const auto update = command_request(CommandKind::UpdateSoftware, release);
    ASSERT_TRUE(update) << update.error().front();
    EXPECT_EQ(update->target, "/v1/update");
    EXPECT_EQ(Json::parse(update->body)["minimum_version"], "");
}

TEST(Command, WithWrongParametersIsNone) {
    const std::vector<std::pair<CommandKind, Json>> wrong{
        {CommandKind::Reboot, {{"now", true}}},
        {CommandKind::Reboot, Json::array()},
        {CommandKind::StopService, Json::object()},
        {CommandKind::StopService, {{"service", "../../etc/passwd"}}},
        {CommandKind::StopService, {{"service", "..%2f"}}},
        {CommandKind::StopService, {{"service", ".."}}},
        {CommandKind::StopService, {{"service", "a b"}}},
        {CommandKind::StopService, {{"service", "SSH"}}},
        {CommandKind::StopService, {{"service", std::string(65, 'a')}}},
        {CommandKind::CollectLogs, {{"service", "x"}, {"lines", 2001}}},
        {CommandKind::CollectLogs, {{"service", "x"}, {"follow_seconds", 301}}},
        {CommandKind::Ping, {{"host", "-f"}}},
        {CommandKind::Ping, {{"host", "a;reboot"}}},
        {CommandKind::Ping, {{"host", "a"}, {"count", 21}}},
        {CommandKind::Dns, {{"name", ""}}},
        {CommandKind::Throughput, {{"seconds", "7"}}},
        {CommandKind::UpdateSoftware, {{"version", "1"}}},
    };
    for (const auto& [kind, parameters] : wrong) EXPECT_FALSE(command_request(kind, parameters)) << to_string(kind) << parameters;
}

TEST(Command, ReadsWhatTheRouterReports) {
    const auto report = parse_command_report(
        R"({"command":"c","state":"running","progress":40,"detail":"spooling","result":{},"upload":{"offset":262144,"size_bytes":9}})",
        "c");
    ASSERT_TRUE(report) << report.error().detail;
    EXPECT_EQ(report->state, Running);
    EXPECT_EQ(report->progress, 40);
    EXPECT_EQ(report->upload_offset, 262'144u);
    const auto over =
        parse_command_report(R"({"command":"c","state":"failed","progress":null,"detail":"no","result":{"a":1}})", "c");
    ASSERT_TRUE(over) << over.error().detail;
    EXPECT_EQ(over->state, Failed);
    EXPECT_EQ(over->result["a"], 1);
    EXPECT_FALSE(over->progress);
}

TEST(Command, RefusesReportsOfSomethingElse) {
    for (const auto* body :
         {"", "[]", "{}", R"({"command":"d","state":"running"})", R"({"command":"c","state":"queued"})",
          R"({"command":"c","state":"cancelled"})", R"({"command":"c","state":"running","progress":101})",
          R"({"command":"c","state":"running","result":3})", R"({"command":"c","state":"running","upload":{"offset":-1}})"})
        EXPECT_FALSE(parse_command_report(body, "c")) << body;
}

}  // namespace
}  // namespace vivi::model
