// GraphQL over HTTP as values: a request read into parameters, an answer put into a response. Runs nothing itself.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "common/http/message.hpp"
#include "server/graphql/engine.hpp"
#include "server/transport/media.hpp"
#include "server/transport/site.hpp"

namespace vivi::transport {

struct HttpRequest {
    graphql::Request request{};
    Media media = Media::Json;
    bool is_get = false;  ///< Then only a query may run.
};

/// The parameters of a request, or the response that refuses it: 405 for other methods, 406 for an Accept that nothing fits, 415
/// for another content type (forms skip the browser's preflight and are never read), 400 for a body that is not a request.
std::expected<HttpRequest, http::Response> read_request(const http::Request& request);

/// A JSON object {query, operationName, variables, extensions} as a request: what a POST body and a `subscribe` payload are. Null
/// means absent, unknown members are ignored. Instead of `query` or beside it the document's SHA-256 may stand: `documentId` as
/// "sha256:<hex>", or `extensions.persistedQuery.sha256Hash`. The error is a sentence.
std::expected<graphql::Request, std::string> read_parameters(const graphql::Value& parameters);

/// Why a prepared operation may not run over this request; nothing when it may.
std::optional<http::Response> refuse_operation(const HttpRequest& request, graphql::OperationType type);

http::Response respond(const graphql::Response& response, Media media, StatusCodes codes);
http::Response respond(const graphql::Refusal& refusal, Media media, StatusCodes codes);

}  // namespace vivi::transport
