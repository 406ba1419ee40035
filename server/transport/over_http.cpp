// Requests in, responses out.
// SPDX-License-Identifier: Apache-2.0
#include "server/transport/over_http.hpp"

#include "server/graphql/json.hpp"
#include "server/transport/status.hpp"

namespace vivi::transport {
namespace {

http::Response response(int status, Media media, std::string body) {
    http::Response response{.status = status, .headers = {}, .body = std::move(body)};
    response.headers.reserve(4);  // One by one: a list in braces would be copied.
    response.headers.emplace_back("content-type", content_type(media));
    response.headers.emplace_back("cache-control", "no-store");
    response.headers.emplace_back("x-content-type-options", "nosniff");
    return response;
}

/// A refusal that is none of GraphQL's: a single error in the usual shape.
http::Response refuse(int status, Media media, std::string message, std::string code) {
    return response(status, media, graphql::render({graphql::Stage::Refused, {{std::move(message), {}, std::move(code)}}}));
}

http::Response only(std::string methods, Media media, std::string message) {
    auto result = refuse(405, media, std::move(message), "METHOD_NOT_ALLOWED");
    result.headers.emplace_back("allow", std::move(methods));
    return result;
}

/// The parameters of a GET: `variables` and `extensions` are JSON texts.
std::expected<graphql::Value, std::string> query_parameters(const http::Request& request) {
    graphql::Fields fields;
    for (const auto* name : {"query", "documentId", "operationName", "variables", "extensions"}) {
        auto text = request.query(name);
        if (!text) continue;
        const std::string_view key = name;
        if (key == "query" || key == "documentId" || key == "operationName") {
            fields.add(name, std::move(*text));
        } else if (!text->empty()) {
            auto json = graphql::parse_json(*text);
            if (!json) return std::unexpected{std::string{name} + " is not JSON"};
            fields.add(name, *std::move(json));
        }
    }
    return graphql::Value{std::move(fields)};
}

/// The SHA-256 of the document by either way of naming it; empty without.
std::expected<std::string, std::string> document_id(const graphql::Fields& fields) {
    std::string name;
    const auto& id = fields["documentId"];
    if (!id.is_null()) {
        constexpr std::string_view prefix = "sha256:";
        if (!id.is_text() || !id.text().starts_with(prefix))
            return std::unexpected{"`documentId` must be \"sha256:\" and a hash"};
        name = id.text().substr(prefix.size());
    }
    const auto& extensions = fields["extensions"];
    if (!extensions.is_fields()) return name;
    const auto& persisted = extensions.fields()["persistedQuery"];
    if (persisted.is_null()) return name;
    if (!persisted.is_fields() || !persisted.fields()["sha256Hash"].is_text())
        return std::unexpected{"`extensions.persistedQuery` must have a `sha256Hash`"};
    const auto hash = persisted.fields()["sha256Hash"].text();
    if (!name.empty() && name != hash) return std::unexpected{"`documentId` and `extensions.persistedQuery` differ"};
    return std::string{hash};
}

}  // namespace

std::expected<graphql::Request, std::string> read_parameters(const graphql::Value& parameters) {
    if (!parameters.is_fields()) return std::unexpected{"expected a JSON object with `query`"};
    const auto& fields = parameters.fields();
    const auto& query = fields["query"];
    const auto& name = fields["operationName"];
    const auto& variables = fields["variables"];
    const auto& extensions = fields["extensions"];
    auto id = document_id(fields);
    if (!id) return std::unexpected{std::move(id).error()};
    if (!query.is_text() && (!query.is_null() || id->empty())) return std::unexpected{"`query` must be a string"};
    if (!name.is_null() && !name.is_text()) return std::unexpected{"`operationName` must be a string"};
    if (!variables.is_null() && !variables.is_fields()) return std::unexpected{"`variables` must be an object"};
    if (!extensions.is_null() && !extensions.is_fields()) return std::unexpected{"`extensions` must be an object"};
    graphql::Request request{.document_id = *std::move(id)};
    if (query.is_text()) request.query = query.text();
    if (name.is_text()) request.operation_name = name.text();
    if (variables.is_fields()) request.variables = variables.fields();
    return request;
}

std::expected<HttpRequest, http::Response> read_request(const http::Request& request) {
    const auto accept = http::find(request.headers, "accept");
    const auto media = negotiate(accept);
    if (!media)
        return std::unexpected{refuse(
            406, Media::Json, "Accept must allow application/json or application/graphql-response+json.", "NOT_ACCEPTABLE")};
    HttpRequest result{.media = *media, .is_get = request.method == "GET"};
    if (!result.is_get && request.method != "POST")
        return std::unexpected{only("GET, POST", *media, "Only GET and POST are supported.")};

    std::expected<graphql::Value, std::string> parameters;
    if (result.is_get) {
        parameters = query_parameters(request);
    } else {
        const auto type = http::find(request.headers, "content-type");
        if (!type || !is_json_request(*type))
            return std::unexpected{refuse(415, *media, "Content-Type must be application/json.", "UNSUPPORTED_MEDIA_TYPE")};
        auto json = graphql::parse_json(request.body);
        if (!json) return std::unexpected{refuse(400, *media, "The body is not JSON.", "BAD_REQUEST")};
        parameters = *std::move(json);
    }
    if (!parameters) return std::unexpected{refuse(400, *media, parameters.error(), "BAD_REQUEST")};
    auto read = read_parameters(*parameters);
    if (!read) return std::unexpected{refuse(400, *media, read.error(), "BAD_REQUEST")};
    result.request = *std::move(read);
    return result;
}

std::optional<http::Response> refuse_operation(const HttpRequest& request, graphql::OperationType type) {
    switch (type) {
        case graphql::OperationType::Query: return std::nullopt;
        case graphql::OperationType::Mutation:
            if (!request.is_get) return std::nullopt;
            return only("POST", request.media, "A mutation must be sent with POST.");
        case graphql::OperationType::Subscription:
            return refuse(400, request.media, "Subscriptions need a WebSocket (graphql-transport-ws).",
                          "SUBSCRIPTION_NEEDS_WEBSOCKET");
    }
    return std::nullopt;
}

http::Response respond(const graphql::Response& answer, Media media, StatusCodes codes) {
    return response(status_of(outcome_of(answer), media, codes), media, answer.body);
}

http::Response respond(const graphql::Refusal& refusal, Media media, StatusCodes codes) {
    return response(status_of(outcome_of(refusal), media, codes), media, graphql::render(refusal));
}

}  // namespace vivi::transport
