// An engine as the functions of an http::Site.
// SPDX-License-Identifier: Apache-2.0
#include "server/transport/site.hpp"

#include <boost/asio/this_coro.hpp>

#include "server/transport/origin.hpp"
#include "server/transport/over_http.hpp"
#include "server/transport/socket.hpp"

namespace vivi::transport {
namespace {

constexpr std::string_view protocol_name = "graphql-transport-ws";

/// What the three functions share.
struct Service {
    graphql::Engine& engine;
    OpenSession open_session;
    SiteOptions options;
};

Task<http::Response> answer(const Service& service, http::Request request) {
    if (request.path() != service.options.path) co_return http::text_response(404, "Not found.");
    auto read = read_request(request);
    if (!read) co_return std::move(read).error();
    const auto codes = service.options.status_codes;
    const auto operation = service.engine.prepare(read->request);
    if (!operation) co_return respond(operation.error(), read->media, codes);
    if (auto refused = refuse_operation(*read, operation->type())) co_return *std::move(refused);

    const auto session = co_await service.open_session(request);
    const auto response = co_await service.engine.execute(*operation, session->context());
    auto result = respond(response, read->media, codes);
    for (auto& header : session->take_headers()) result.headers.push_back(std::move(header));
    co_return result;
}

/// True when `name` is in the comma-separated list.
bool offers(std::string_view list, std::string_view name) {
    while (!list.empty()) {
        const auto end = list.find(',');
        auto item = list.substr(0, end);
        while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
        while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
        if (item == name) return true;
        list = end == std::string_view::npos ? std::string_view{} : list.substr(end + 1);
    }
    return false;
}

std::variant<std::string, http::Response> accept(const Service& service, const http::Request& request) {
    if (request.path() != service.options.path) return http::text_response(404, "Not found.");
    if (!is_allowed_origin(request, service.options.origins)) return http::text_response(403, "This origin may not connect.");
    for (const auto& [name, value] : request.headers)
        if (name == "sec-websocket-protocol" && offers(value, protocol_name)) return std::string{protocol_name};
    return http::text_response(400, "The sub-protocol is graphql-transport-ws.");
}

Task<> serve(const Service& service, http::Request request, http::WebSocket& socket) {
    const auto session = co_await service.open_session(request);
    request = {};  // The socket may last for days.
    Socket connection{co_await net::this_coro::executor, service.engine, *session, socket, service.options};
    co_await connection.run();
}

}  // namespace

GraphqlSite make_site(graphql::Engine& engine, OpenSession open_session, SiteOptions options) {
    const auto service =
        std::make_shared<const Service>(engine, std::move(open_session), std::move(options));  // Shared by the three functions.
    return {.handle = [service](http::Request request) { return answer(*service, std::move(request)); },
            .accept_websocket = [service](const http::Request& request) { return accept(*service, request); },
            .websocket = [service](http::Request request,
                                   http::WebSocket& socket) { return serve(*service, std::move(request), socket); }};
}

}  // namespace vivi::transport
