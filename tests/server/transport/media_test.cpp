// Accept and Content-Type, and the table of status codes.
// SPDX-License-Identifier: Apache-2.0
#include "server/transport/media.hpp"

#include <gmock/gmock.h>

#include "server/transport/status.hpp"

namespace vivi::transport {
namespace {

TEST(TransportMedia, NegotiatesByQualityThenByOrder) {
    struct Row {
        const char* accept;
        std::optional<Media> media;
    };
    constexpr auto json = Media::Json, graphql = Media::GraphqlResponse;
    for (const auto& [accept, media] :
         {Row{"", json}, Row{"*/*", json}, Row{"application/*", json}, Row{"application/json", json},
          Row{"application/graphql-response+json", graphql}, Row{"application/graphql-response+json, application/json", graphql},
          Row{"application/json, application/graphql-response+json", json},
          Row{"application/json;q=0.9, application/graphql-response+json;q=0.1", json},
          Row{"application/json;q=0.8, application/graphql-response+json", graphql},
          Row{"application/graphql-response+json; charset=utf-8, application/json; charset=utf-8", graphql},
          Row{"APPLICATION/JSON", json}, Row{"application/json;q=0, */*", graphql},
          Row{"*/*;q=0.1, application/graphql-response+json;q=0.2", graphql}, Row{"text/html", std::nullopt},
          Row{"application/json;q=0", std::nullopt}, Row{"application/json; charset=latin1", std::nullopt},
          Row{"application/json;q=nonsense", std::nullopt}, Row{",,;;,", std::nullopt}})
        EXPECT_EQ(negotiate(accept), media) << accept;
    EXPECT_EQ(negotiate(std::nullopt), json);
}

TEST(TransportMedia, TakesJsonOnly) {
    for (const auto* good : {"application/json", "Application/JSON ; Charset=\"UTF-8\"", "application/json;charset=utf-8"})
        EXPECT_TRUE(is_json_request(good)) << good;
    for (const auto* wrong : {"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/graphql",
                              "application/json; charset=utf-16", "application/jsonp"})
        EXPECT_FALSE(is_json_request(wrong)) << wrong;
}

TEST(TransportStatus, FollowsItsTable) {
    using enum Outcome;
    struct Row {
        Outcome outcome;
        int json, audits, draft;
    };
    for (const auto& [outcome, json, audits, draft] :
         {Row{Data, 200, 200, 200}, Row{Partial, 200, 200, 294}, Row{NoData, 200, 200, 200}, Row{NotParsed, 200, 400, 400},
          Row{NotValid, 200, 400, 422}, Row{NoOperation, 200, 400, 422}, Row{NotCoerced, 200, 400, 422},
          Row{Refused, 400, 400, 400}}) {
        EXPECT_EQ(status_of(outcome, Media::Json, StatusCodes::PublishedAudits), json);
        EXPECT_EQ(status_of(outcome, Media::Json, StatusCodes::Draft2026), json);
        EXPECT_EQ(status_of(outcome, Media::GraphqlResponse, StatusCodes::PublishedAudits), audits);
        EXPECT_EQ(status_of(outcome, Media::GraphqlResponse, StatusCodes::Draft2026), draft);
    }
}

}  // namespace
}  // namespace vivi::transport
