// The client on Beast.
// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/server/client.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

namespace vivi::test {
namespace {

namespace beast = boost::beast;
using tcp = net::ip::tcp;

std::string host_of(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }
tcp::endpoint endpoint_of(std::uint16_t port) { return {net::ip::make_address("127.0.0.1"), port}; }

}  // namespace

std::string Answer::header(const std::string& name) const {
    for (const auto& [key, value] : headers) {
        if (key == name) return value;
    }
    return {};
}

Task<Answer> request(std::uint16_t port, std::string method, std::string target, Pairs headers, std::string body) {
    tcp::socket socket{co_await net::this_coro::executor};
    const auto [error] = co_await socket.async_connect(endpoint_of(port), as_value);
    if (error) co_return Answer{};
    beast::http::request<beast::http::string_body> message;
    message.method_string(method);
    message.target(target);
    message.version(11);
    message.set(beast::http::field::host, host_of(port));
    message.set(beast::http::field::connection, "close");
    for (const auto& [name, value] : headers) message.set(name, value);
    message.body() = std::move(body);
    message.prepare_payload();
    co_await beast::http::async_write(socket, message, net::use_awaitable);
    beast::flat_buffer buffer;
    beast::http::response<beast::http::string_body> response;
    co_await beast::http::async_read(socket, buffer, response, net::use_awaitable);
    Answer answer{.status = static_cast<int>(response.result_int()), .body = response.body()};
    for (const auto& field : response) {
        std::string name{field.name_string()};
        for (auto& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        answer.headers.emplace_back(std::move(name), std::string{field.value()});
    }
    co_return answer;
}

struct LiveSocket::Impl {
    std::unique_ptr<beast::websocket::stream<tcp::socket>> stream{};
};

LiveSocket::LiveSocket() : impl_{std::make_unique<Impl>()} {}
LiveSocket::~LiveSocket() = default;

Task<int> LiveSocket::open(std::uint16_t port, Pairs headers) {
    impl_->stream = std::make_unique<beast::websocket::stream<tcp::socket>>(co_await net::this_coro::executor);
    auto& stream = *impl_->stream;
    co_await stream.next_layer().async_connect(endpoint_of(port), net::use_awaitable);
    stream.set_option(beast::websocket::stream_base::decorator([headers](beast::websocket::request_type& message) {
        message.set(beast::http::field::sec_websocket_protocol, "graphql-transport-ws");
        for (const auto& [name, value] : headers) message.set(name, value);
    }));
    beast::websocket::response_type response;
    static_cast<void>(co_await stream.async_handshake(response, host_of(port), "/graphql", as_value));  // The status says it all.
    co_return static_cast<int>(response.result_int());
}

Task<> LiveSocket::send(Json message) {
    const auto text = message.dump();
    co_await impl_->stream->async_write(net::buffer(text), net::use_awaitable);
}

Task<Json> LiveSocket::receive() {
    beast::flat_buffer buffer;
    const auto [error, size] = co_await impl_->stream->async_read(buffer, as_value);
    if (error) co_return Json{{"closed", static_cast<int>(impl_->stream->reason().code)}};
    co_return Json::parse(beast::buffers_to_string(buffer.data()));
}

}  // namespace vivi::test
