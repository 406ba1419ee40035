// Trusted documents over HTTP and WebSocket: what the manifest does not name does not run, whichever way it comes.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "common/core/bytes.hpp"
#include "common/core/crypto.hpp"
#include "tests/adapters/transport/sample_site.hpp"

namespace vivi::test {
namespace {

using Json = nlohmann::json;

std::string name_of(std::string_view text) { return crypto::to_hex(crypto::sha256(as_bytes(text))); }

const std::string known = "query Hello { hello }", unknown = "{ hello }";

transport::Documents documents(transport::Documents::Accept accept) {
    return transport::Documents::parse(Json{{name_of(known), known}}.dump(), accept).value();
}

class TrustedTest : public testing::Test {
protected:
    /// The code of the first error, or "" when it said hello.
    std::string ask(const Json& body, const std::string& who = "ann") {
        http::RawClient client{site.port()};
        const auto text = body.dump();
        client.send("POST /graphql HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-Who: " + who +
                    "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text);
        client.read_until("\r\n\r\n");
        return code_in(Json::parse(client.read_all()));
    }
    std::string ask_by_get(const std::string& query) {
        http::RawClient client{site.port()};
        client.send("GET /graphql?" + query + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        client.read_until("\r\n\r\n");
        return code_in(Json::parse(client.read_all()));
    }
    std::string ask_by_socket(const Json& payload, const std::string& who = "ann") {
        RawSocket socket{site, "X-Who: " + who + "\r\n"};
        socket.begin();
        socket.say(Json{{"id", "1"}, {"type", "subscribe"}, {"payload", payload}}.dump());
        const auto answer = socket.next();
        return answer["type"] == "error" ? code_in({{"errors", answer["payload"]}}) : code_in(answer["payload"]);
    }
    static std::string code_in(const Json& answer) {
        if (answer.contains("errors")) return answer["errors"][0]["extensions"]["code"];
        EXPECT_EQ(answer["data"]["hello"], "world");
        return "";
    }
    static Json persisted(const std::string& hash) { return {{"persistedQuery", {{"version", 1}, {"sha256Hash", hash}}}}; }
    SampleSite site{{.documents = documents(transport::Documents::Accept::Trusted)}};
};

TEST_F(TrustedTest, TheManifestsDocumentsRunByTextAndByName) {
    for (const auto& request :
         {Json{{"query", known}}, Json{{"documentId", "sha256:" + name_of(known)}},
          Json{{"extensions", persisted(name_of(known))}}, Json{{"query", known}, {"extensions", persisted(name_of(known))}}}) {
        EXPECT_EQ(ask(request), "") << request;
        EXPECT_EQ(ask_by_socket(request), "") << request;
    }
    EXPECT_EQ(ask_by_get("documentId=sha256:" + name_of(known)), "");
    EXPECT_EQ(ask_by_get("query=query%20Hello%20%7B%20hello%20%7D"), "");
}

TEST_F(TrustedTest, NothingElseDoes) {
    for (const auto& request : {Json{{"query", unknown}}, Json{{"query", known + " "}}, Json{{"query", "not even GraphQL {"}},
                                Json{{"documentId", "sha256:" + name_of(unknown)}}, Json{{"extensions", persisted("00")}},
                                Json{{"query", unknown}, {"extensions", persisted(name_of(unknown))}}}) {
        EXPECT_EQ(ask(request), "DOCUMENT_NOT_TRUSTED") << request;
        EXPECT_EQ(ask_by_socket(request), "DOCUMENT_NOT_TRUSTED") << request;
    }
    const Json disguised{{"query", unknown}, {"documentId", "sha256:" + name_of(known)}};
    EXPECT_EQ(ask(disguised), "DOCUMENT_ID_MISMATCH");
    EXPECT_EQ(ask_by_socket(disguised), "DOCUMENT_ID_MISMATCH");
    EXPECT_EQ(ask_by_get("query=%7Bhello%7D"), "DOCUMENT_NOT_TRUSTED");
}

TEST_F(TrustedTest, WhoeverIsFreedMaySendAny) {
    EXPECT_EQ(ask({{"query", unknown}}, "staff"), "");
    EXPECT_EQ(ask_by_socket({{"query", unknown}}, "staff"), "");
}

TEST(Documents, WhereAnyRunsANameIsShort) {
    const auto any = documents(transport::Documents::Accept::Any);
    graphql::Request by_name{.document_id = name_of(known)};
    EXPECT_FALSE(any.admit(by_name));
    EXPECT_EQ(by_name.query, known);
    graphql::Request not_known{.document_id = name_of(unknown)};
    EXPECT_EQ(any.admit(not_known)->errors.at(0).code, "PERSISTED_QUERY_NOT_FOUND") << "the client sends its text then";
    graphql::Request with_text{.query = unknown, .document_id = name_of(unknown)};
    EXPECT_FALSE(any.admit(with_text));
}

TEST(Documents, AManifestIsCheckedWhenItIsRead) {
    using enum transport::Documents::Accept;
    EXPECT_FALSE(transport::Documents::parse("", Trusted));
    EXPECT_FALSE(transport::Documents::parse("[]", Trusted));
    EXPECT_FALSE(transport::Documents::parse(Json{{name_of(known), unknown}}.dump(), Trusted));
    EXPECT_FALSE(transport::Documents::parse(Json{{name_of(known), 1}}.dump(), Trusted));
}

}  // namespace
}  // namespace vivi::test
