// graphql-transport-ws as a conversation written down: what comes in, what goes out, when.
// SPDX-License-Identifier: Apache-2.0
#include "server/transport/protocol.hpp"

#include <gmock/gmock.h>

namespace vivi::transport {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Actions as text, so that a test reads like a log.
std::vector<std::string> shown(const std::vector<Protocol::Action>& actions) {
    std::vector<std::string> lines;
    for (const auto& action : actions) {
        if (const auto* send = std::get_if<Protocol::Send>(&action))
            lines.push_back("send " + send->head + (send->body ? *send->body : "") + std::string{send->tail});
        if (const auto* close = std::get_if<Protocol::Close>(&action))
            lines.push_back("close " + std::to_string(close->code) + " " + close->reason);
        if (std::holds_alternative<Protocol::Initialise>(action)) lines.emplace_back("initialise");
        if (const auto* start = std::get_if<Protocol::Start>(&action))
            lines.push_back("start " + std::to_string(start->number) + " " + start->request.query);
        if (const auto* stop = std::get_if<Protocol::Stop>(&action)) lines.push_back("stop " + std::to_string(stop->number));
    }
    return lines;
}

class TransportProtocol : public testing::Test {
protected:
    std::vector<std::string> receive(std::string_view message) { return shown(protocol.receive(message)); }
    std::vector<std::string> subscribe(const std::string& id) {
        return receive(R"({"id":")" + id + R"(","type":"subscribe","payload":{"query":"{ a }"}})");
    }
    void open() {
        receive(R"({"type":"connection_init"})");
        protocol.accept();
    }
    static std::shared_ptr<const graphql::Response> payload(std::string body) {
        return std::make_shared<const graphql::Response>(graphql::Response{.body = std::move(body)});
    }

    Instant start{};
    Protocol protocol{start, {.init_timeout = Milliseconds{3'000}, .operations = 2}};
};

TEST_F(TransportProtocol, AcknowledgesAndRunsAnOperation) {
    EXPECT_THAT(receive(R"({"type":"connection_init","payload":{"token":"x"}})"), ElementsAre("initialise"));
    EXPECT_THAT(shown(protocol.accept()), ElementsAre(R"(send {"type":"connection_ack"})"));
    EXPECT_THAT(subscribe("a"), ElementsAre("start 1 { a }"));
    EXPECT_THAT(shown(protocol.next(1, payload(R"({"data":1})"))),
                ElementsAre(R"(send {"id":"a","type":"next","payload":{"data":1}})"));
    EXPECT_THAT(shown(protocol.complete(1)), ElementsAre(R"(send {"id":"a","type":"complete"})"));
    EXPECT_THAT(shown(protocol.next(1, payload("{}"))), IsEmpty());
    EXPECT_THAT(shown(protocol.complete(1)), IsEmpty());
}

TEST_F(TransportProtocol, SaysNothingOfAnOperationTheClientEnded) {
    open();
    subscribe("a");
    EXPECT_THAT(receive(R"({"id":"a","type":"complete"})"), ElementsAre("stop 1"));
    EXPECT_THAT(shown(protocol.next(1, payload("{}"))), IsEmpty());
    EXPECT_THAT(shown(protocol.error(1, "[]")), IsEmpty());
    EXPECT_THAT(shown(protocol.complete(1)), IsEmpty());
}

TEST_F(TransportProtocol, ALateResultNeverReachesTheNextUserOfItsId) {
    open();
    subscribe("a");
    receive(R"({"id":"a","type":"complete"})");
    EXPECT_THAT(subscribe("a"), ElementsAre("start 2 { a }"));
    EXPECT_THAT(shown(protocol.next(1, payload("{}"))), IsEmpty());
    EXPECT_THAT(shown(protocol.next(2, payload("{}"))), ElementsAre(R"(send {"id":"a","type":"next","payload":{}})"));
}

TEST_F(TransportProtocol, AnErrorEndsWithoutComplete) {
    open();
    subscribe("a");
    EXPECT_THAT(shown(protocol.error(1, "[{}]")), ElementsAre(R"(send {"id":"a","type":"error","payload":[{}]})"));
    EXPECT_THAT(shown(protocol.complete(1)), IsEmpty());
    EXPECT_THAT(subscribe("a"), ElementsAre("start 2 { a }"));
}

TEST_F(TransportProtocol, ClosesWhenNobodyIntroducesHimself) {
    EXPECT_EQ(protocol.next_deadline(), start + Milliseconds{3'000});
    EXPECT_THAT(shown(protocol.expire(start + Milliseconds{2'999})), IsEmpty());
    EXPECT_THAT(shown(protocol.expire(start + Milliseconds{3'000})), ElementsAre("close 4408 Connection initialisation timeout"));
    EXPECT_THAT(receive(R"({"type":"connection_init"})"), IsEmpty()) << "after the close nothing is answered";
}

TEST_F(TransportProtocol, WaitsNoLongerOnceSomebodyAsked) {
    receive(R"({"type":"connection_init"})");
    EXPECT_EQ(protocol.next_deadline(), std::nullopt);
    EXPECT_THAT(shown(protocol.expire(start + Milliseconds{9'000})), IsEmpty());
}

TEST_F(TransportProtocol, RefusesASubscriptionBeforeTheAcknowledgement) {
    EXPECT_THAT(subscribe("a"), ElementsAre("close 4401 Unauthorized"));
    Protocol asked{start, {}};
    asked.receive(R"({"type":"connection_init"})");
    EXPECT_THAT(shown(asked.receive(R"({"id":"a","type":"subscribe","payload":{"query":"{ a }"}})")),
                ElementsAre("close 4401 Unauthorized"));
}

TEST_F(TransportProtocol, RefusesASecondIntroductionAtAnyTime) {
    receive(R"({"type":"connection_init"})");
    EXPECT_THAT(receive(R"({"type":"connection_init"})"), ElementsAre("close 4429 Too many initialisation requests"));
}

TEST_F(TransportProtocol, ClosesForbidden) {
    receive(R"({"type":"connection_init"})");
    EXPECT_THAT(shown(protocol.reject()), ElementsAre("close 4403 Forbidden"));
}

TEST_F(TransportProtocol, RefusesALiveIdAndStopsTheRest) {
    open();
    subscribe("a");
    EXPECT_THAT(subscribe("a"), ElementsAre("stop 1", "close 4409 Subscriber for a already exists"));
}

TEST_F(TransportProtocol, CutsAReasonBetweenCharacters) {
    open();
    std::string id;
    for (int i = 0; i < 100; ++i) id += "\u00fc";
    subscribe(id);
    const auto actions = protocol.receive(R"({"id":")" + id + R"(","type":"subscribe","payload":{"query":"{ a }"}})");
    const auto& reason = std::get<Protocol::Close>(actions.back()).reason;
    EXPECT_LE(reason.size(), 123u);
    EXPECT_THAT(reason, testing::EndsWith("\u00fc"));
}

TEST_F(TransportProtocol, BoundsOperations) {
    open();
    subscribe("a");
    subscribe("b");
    EXPECT_THAT(subscribe("c"), ElementsAre(testing::AllOf(testing::HasSubstr(R"("id":"c","type":"error")"),
                                                           testing::HasSubstr("TOO_MANY_OPERATIONS"))));
    protocol.complete(1);
    EXPECT_THAT(subscribe("c"), ElementsAre("start 3 { a }"));
}

TEST_F(TransportProtocol, AnswersPingsAtAnyTime) {
    EXPECT_THAT(receive(R"({"type":"ping"})"), ElementsAre(R"(send {"type":"pong"})"));
    EXPECT_THAT(receive(R"({"type":"ping","payload":{"a":"\n"}})"), ElementsAre(R"(send {"type":"pong","payload":{"a":"\n"}})"));
    EXPECT_THAT(receive(R"({"type":"pong","payload":null})"), IsEmpty());
}

TEST_F(TransportProtocol, ClosesOnWhatIsNoMessage) {
    for (const auto* message : {"",
                                "x",
                                "[]",
                                "null",
                                "{}",
                                R"({"type":null})",
                                R"({"type":"next","id":"a","payload":{}})",
                                R"({"type":"connection_ack"})",
                                R"({"type":"complete"})",
                                R"({"type":"complete","id":7})",
                                R"({"type":"subscribe","id":"a"})",
                                R"({"type":"subscribe","id":"","payload":{"query":"{a}"}})",
                                R"({"type":"subscribe","id":"a","payload":{"query":7}})",
                                R"({"type":"subscribe","id":"a","payload":{"query":"{a}","operationName":7}})",
                                R"({"type":"subscribe","id":"a","payload":{"query":"{a}","variables":"x"}})",
                                R"({"type":"subscribe","id":"a","payload":{"query":"{a}","extensions":[]}})",
                                R"({"type":"ping","payload":7})",
                                R"({"type":"connection_init","payload":"x"})",
                                "{\"type\":\"ping\"",
                                "\xff"}) {
        Protocol fresh{start, {}};
        EXPECT_THAT(shown(fresh.receive(message)), ElementsAre("close 4400 Invalid message received")) << message;
    }
}

TEST_F(TransportProtocol, IgnoresACompleteOfAnUnknownId) {
    open();
    EXPECT_THAT(receive(R"({"id":"a","type":"complete"})"), IsEmpty());
}

}  // namespace
}  // namespace vivi::transport
