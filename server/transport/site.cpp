// An engine as the functions of an http::Site.
// SPDX-License-Identifier: Apache-2.0
#include "server/transport/site.hpp"

#include <boost/asio/this_coro.hpp>
#include <unordered_map>

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
    std::unordered_map<std::string, std::size_t> sockets{};  ///< Open ones by owner.
    std::ptrdiff_t open = 0;                                 ///< All of them.
};

http::Response refused(const Service& service, const graphql::Refusal& refusal, Media media) {
    count_operation(service.options.metrics, std::nullopt, code_of(refusal));
    return respond(refusal, media, service.options.status_codes);
}

Task<http::Response> answer(const Service& service, http::Request request) {
    if (request.path() != service.options.path) co_return http::text_response(404, "Not found.");
    auto read = read_request(request);
    if (!read) co_return std::move(read).error();
    std::unique_ptr<Session> session;
    auto not_admitted = service.options.documents.admit(read->request);
    if (not_admitted && service.options.documents.is_trusted_only()) {
        session = co_await service.open_session(request);
        not_admitted = service.options.documents.admit(read->request, session->may_send_any_document());
    }
    if (not_admitted) co_return refused(service, *not_admitted, read->media);
    const auto operation = service.engine.prepare(read->request);
    if (!operation) co_return refused(service, operation.error(), read->media);
    if (auto not_this_way = refuse_operation(*read, operation->type())) co_return *std::move(not_this_way);

    if (!session) session = co_await service.open_session(request);
    const auto response = co_await service.engine.execute(*operation, session->context());
    count_operation(service.options.metrics, operation->type(), code_of(response));
    auto result = respond(response, read->media, service.options.status_codes);
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

/// The sub-protocol to accept with: ours, or none when none was offered; such a socket is told 4406 and closed.
std::variant<std::string, http::Response> accept(const Service& service, const http::Request& request) {
    if (request.path() != service.options.path) return http::text_response(404, "Not found.");
    if (!is_allowed_origin(request, service.options.origins)) return http::text_response(403, "This origin may not connect.");
    bool offers_any = false;
    for (const auto& [name, value] : request.headers) {
        if (name != "sec-websocket-protocol") continue;
        if (offers(value, protocol_name)) return std::string{protocol_name};
        offers_any = true;
    }
    if (offers_any) return http::text_response(400, "The sub-protocol is graphql-transport-ws.");
    return std::string{};
}

/// One open socket, counted with the others of its owner. Small: a process may have tens of thousands.
class Counted {
public:
    Counted(Service& service, std::string owner)
        : service_{service}, of_owner_{*service.sockets.try_emplace(std::move(owner)).first} {
        ++of_owner_.second;
        show(+1);
    }
    ~Counted() {
        show(-1);
        if (--of_owner_.second == 0) service_.sockets.erase(service_.sockets.find(of_owner_.first));
    }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    bool is_one_too_many() const {
        const auto most = service_.options.sockets_per_owner;
        return most != 0 && !of_owner_.first.empty() && of_owner_.second > most;
    }

private:
    void show(int change) {
        service_.open += change;
        if (service_.options.metrics) service_.options.metrics->set(sockets_metric, {}, static_cast<double>(service_.open));
    }
    Service& service_;
    std::pair<const std::string, std::size_t>& of_owner_;  ///< Stays where it is while others come and go.
};

void refuse_socket(const Service& service, http::WebSocket& socket, std::uint16_t code, std::string_view reason) {
    if (service.options.metrics) service.options.metrics->add(closes_metric, {{"code", std::to_string(code)}});
    socket.close(code, reason);
}

Task<> serve(Service& service, std::unique_ptr<http::Request> request, http::WebSocket& socket) {
    if (!http::find(request->headers, "sec-websocket-protocol")) {
        refuse_socket(service, socket, 4406, "Subprotocol not acceptable");
        co_return;
    }
    const auto session = co_await service.open_session(*request);
    request.reset();  // The socket may last for days.
    const Counted counted{service, session->owner()};
    if (counted.is_one_too_many()) {
        refuse_socket(service, socket, 1013, "Too many sockets");
        co_return;
    }
    Socket connection{co_await net::this_coro::executor, service.engine, *session, socket, service.options};
    co_await connection.run();
}

}  // namespace

GraphqlSite make_site(graphql::Engine& engine, OpenSession open_session, SiteOptions options) {
    const auto service =
        std::make_shared<Service>(engine, std::move(open_session), std::move(options));  // Shared by the three functions.
    return {.handle = [service](http::Request request) { return answer(*service, std::move(request)); },
            .accept_websocket = [service](const http::Request& request) { return accept(*service, request); },
            .websocket =
                [service](http::Request request, http::WebSocket& socket) {
                    return serve(*service, std::make_unique<http::Request>(std::move(request)), socket);
                }};
}

}  // namespace vivi::transport
