// Reading requests and writing responses on one connection.
// SPDX-License-Identifier: Apache-2.0
#include "common/http/session.hpp"

#include <array>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "common/http/codec.hpp"
#include "common/http/fields.hpp"
#include "common/http/request_rules.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"

namespace vivi::http {
namespace {

namespace beast = boost::beast;
namespace beast_http = beast::http;
using Parser = beast_http::request_parser<beast_http::string_body>;

constexpr Seconds body_within{30};
constexpr Seconds progress_within{30};  ///< For each 64 KiB of a response.
constexpr Seconds linger_within{2};
constexpr std::size_t most_lingering_bytes = 1 << 20;
constexpr std::size_t piece_bytes = 64 * 1024;

/// What follows a response.
struct Ending {
    bool keep_alive = false;
    bool is_http_1_0 = false;
    bool is_head = false;  ///< The body is only counted.
};
constexpr Ending last{};

class Session {
public:
    Session(Stream& stream, const Site& site, const std::string& peer) : stream_{stream}, site_{site}, peer_{peer} {}

    /// One request and its response. False when it was the last.
    Task<bool> next_request();
    /// Set when the last request was an accepted upgrade: the stream then belongs to the WebSocket.
    std::unique_ptr<Upgrade> upgrade{};
    Request request{};

private:
    /// Reads on until the parser has the head, or the whole request. What came already costs no further operation.
    Task<beast::error_code> read_head(Parser& parser);
    Task<beast::error_code> read_body(Parser& parser);
    /// Feeds the parser what came already; need_more when that was not all.
    beast::error_code parse_buffered(Parser& parser, bool (Parser::*is_done)() const);
    /// Writes it; false when the connection must end after it.
    Task<bool> respond(Response response, Ending ending);
    /// The pieces of a body without a known end; false when the connection must end after it.
    Task<bool> stream_rest(Response& response, std::string head);
    /// Ends the connection so that the peer gets our last words even though it still sends (RFC 9112 section 9.6).
    Task<> linger();
    Task<Response> handled();
    void take_head(const BeastRequest& head);

    Stream& stream_;
    const Site& site_;
    const std::string& peer_;
    beast::flat_buffer buffer_{};
    std::string shown_{};  ///< Of the request, for the log; without its query, which may hold secrets.
};

Response response_to(const beast::error_code& error) {
    if (error == beast_http::error::body_limit) return text_response(413, "the body is too large");
    if (error == beast_http::error::header_limit || error == beast_http::error::buffer_overflow)
        return text_response(431, "the header is too large");
    return text_response(400, "not an HTTP request: " + error.message());
}

/// The peer made the error, and it can still read an answer.
bool is_answerable(const beast::error_code& error) {
    return error.category() == beast_http::make_error_code(beast_http::error::bad_method).category() &&
           error != beast_http::error::end_of_stream && error != beast_http::error::partial_message;
}

/// The Date of this second, made once for all its responses. It stays valid until the thread asks again.
std::string_view date_of_now() {
    thread_local WallTime made_for{};
    thread_local std::string date;
    const auto second = std::chrono::floor<Seconds>(wall_now());
    if (date.empty() || second != made_for) date = to_http_date(made_for = second);
    return date;
}

beast::error_code Session::parse_buffered(Parser& parser, bool (Parser::*is_done)() const) {
    beast::error_code error;
    while (!error && !(parser.*is_done)()) {
        if (buffer_.size() == 0) return beast_http::error::need_more;
        buffer_.consume(parser.put(buffer_.data(), error));
    }
    return error;
}

Task<beast::error_code> Session::read_head(Parser& parser) {
    stream_.expires_after(site_.limits.header_timeout);
    const auto [error, count] = co_await beast_http::async_read_header(stream_, buffer_, parser, as_value);
    co_return error;
}

Task<beast::error_code> Session::read_body(Parser& parser) {
    stream_.expires_after(body_within);
    if (find(request.headers, "expect") && parser.get().version() >= 11 && buffer_.size() == 0) {
        static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        const auto [error, written] = co_await net::async_write(stream_, net::buffer(go_on), as_value);
        if (error) co_return error;
    }
    const auto [error, count] = co_await beast_http::async_read(stream_, buffer_, parser, as_value);
    co_return error;
}

void Session::take_head(const BeastRequest& head) {
    request = Request{.method = std::string{head.method_string()},
                      .target = std::string{head.target()},
                      .headers = {},
                      .body = {},
                      .peer = peer_};
    request.headers.reserve(static_cast<std::size_t>(std::distance(head.begin(), head.end())));
    for (const auto& field : head) request.headers.emplace_back(lower_case(field.name_string()), std::string{field.value()});
    site_.proxies.apply(request);
}

Task<Response> Session::handled() {
    std::string reason;
    try {
        co_return co_await site_.handle(std::move(request));
    } catch (const std::exception& failure) {
        reason = failure.what();
    }
    const auto cancellation = co_await net::this_coro::cancellation_state;
    if (cancellation.cancelled() != net::cancellation_type::none)
        throw boost::system::system_error{net::error::operation_aborted};
    log::error("http.handler_failed", {{"request", shown_}, {"reason", reason}});
    co_return text_response(500, "this request made an error in the server; it is in its log");
}

Task<bool> Session::next_request() {
    if (buffer_.size() == 0) {  // Otherwise it came together with the last one.
        stream_.expires_after(site_.limits.idle_timeout);
        const auto [none, count] = co_await stream_.async_read_some(buffer_.prepare(4096), as_value);
        if (none) co_return false;
        buffer_.commit(count);
    }
    Parser parser;
    parser.eager(false);
    parser.header_limit(static_cast<std::uint32_t>(site_.limits.header_bytes));
    parser.body_limit(site_.limits.body_bytes);
    auto error = parse_buffered(parser, &Parser::is_header_done);
    if (error == beast_http::error::need_more) error = co_await read_head(parser);
    if (error) {
        if (is_answerable(error)) co_await respond(response_to(error), last);
        co_return false;
    }
    take_head(parser.get());
    const bool is_http_1_0 = parser.get().version() < 11;
    if (auto refused = refuse({.is_http_1_0 = is_http_1_0, .request = request})) {
        co_await respond(*std::move(refused), last);
        co_return false;
    }
    request.target = *origin_form(request.target);
    shown_ = request.method + ' ' + std::string{request.path()};

    parser.eager(true);
    error = parse_buffered(parser, &Parser::is_done);
    if (error == beast_http::error::need_more) error = co_await read_body(parser);
    if (error) {
        if (is_answerable(error)) co_await respond(response_to(error), last);
        co_return false;
    }
    const bool keep_alive = parser.get().keep_alive();
    if (site_.accept_websocket && beast::websocket::is_upgrade(parser.get())) {
        auto decision = site_.accept_websocket(request);
        if (auto* const refused = std::get_if<Response>(&decision)) {
            const Ending ending{.keep_alive = keep_alive};
            co_return co_await respond(std::move(*refused), ending);
        }
        // A client must not send frames before it was accepted (RFC 6455 section 4.1).
        if (buffer_.size() > 0) {
            co_await respond(text_response(400, "data came before the WebSocket was accepted"), last);
            co_return false;
        }
        upgrade = std::make_unique<Upgrade>(std::move(request), parser.release(), std::get<std::string>(std::move(decision)));
        co_return false;
    }
    request.body = std::move(parser.get().body());
    const Ending ending{.keep_alive = keep_alive, .is_http_1_0 = is_http_1_0, .is_head = request.method == "HEAD"};
    stream_.expires_never();  // The handler has its own deadlines.
    auto response = co_await handled();
    co_return co_await respond(std::move(response), ending);
}

Task<bool> Session::respond(Response response, Ending ending) {
    if (response.more && ending.is_http_1_0) response = text_response(505, "this answer has no known end: it needs HTTP/1.1");
    if (response.more) ending.keep_alive = false;
    if (const auto wish = find(response.headers, "connection"); wish && lower_case(*wish) == "close") ending.keep_alive = false;
    const Framing framing{.body_bytes = response.body.size(),
                          .close = !ending.keep_alive,
                          .keep_alive = ending.keep_alive && ending.is_http_1_0,
                          .date = date_of_now(),
                          .is_chunked = static_cast<bool>(response.more)};
    auto head = serialize_head(response, framing);
    if (!head) {
        log::error("http.handler_failed", {{"request", shown_}, {"reason", head.error().detail}});
        response = text_response(500, "this request made an error in the server; it is in its log");
        head = serialize_head(response, {.body_bytes = response.body.size(), .close = true, .date = framing.date});
        ending.keep_alive = false;
    }
    if (response.more && !ending.is_head) co_return co_await stream_rest(response, *std::move(head));
    const bool has_body = !ending.is_head && response.status != 204 && response.status != 304;
    std::string_view rest = has_body ? std::string_view{response.body} : std::string_view{};
    std::string_view first = *head;
    do {
        const auto piece = rest.substr(0, piece_bytes);
        const std::array<net::const_buffer, 2> buffers{net::buffer(first), net::buffer(piece)};
        stream_.expires_after(progress_within);
        const auto [error, count] = co_await net::async_write(stream_, buffers, as_value);
        if (error) co_return false;
        first = {};
        rest.remove_prefix(piece.size());
    } while (!rest.empty());
    if (!ending.keep_alive) co_await linger();
    co_return ending.keep_alive;
}

Task<bool> Session::stream_rest(Response& response, std::string head) {
    auto text = std::move(head);
    auto piece = std::move(response.body);
    if (piece.empty()) piece = co_await response.more();
    for (;;) {
        text += serialize_chunk(piece);
        stream_.expires_after(progress_within);
        const auto [error, count] = co_await net::async_write(stream_, net::buffer(text), as_value);
        if (error) co_return false;
        if (piece.empty()) break;
        stream_.expires_never();  // The next piece comes when it comes.
        piece = co_await response.more();
        text.clear();
    }
    co_await linger();
    co_return false;
}

Task<> Session::linger() {
    beast::error_code ignored;
    stream_.socket().shutdown(net::socket_base::shutdown_send, ignored);
    stream_.expires_after(linger_within);
    std::size_t left = most_lingering_bytes;
    for (;;) {
        buffer_.clear();
        const auto [error, count] = co_await stream_.async_read_some(buffer_.prepare(piece_bytes), as_value);
        if (error || count >= left) co_return;
        left -= count;
    }
}

/// All requests, one after the other. A function of its own, so that nothing of it is kept while a WebSocket lasts.
Task<std::unique_ptr<Upgrade>> serve_requests(Stream& stream, const Site& site, std::string peer) {
    Session session{stream, site, peer};
    while (co_await session.next_request()) {
    }
    co_return std::move(session.upgrade);
}

}  // namespace

Task<> serve_connection(Stream stream, const Site& site, std::string peer) {
    auto upgrade = co_await serve_requests(stream, site, std::move(peer));
    if (upgrade) co_await serve_websocket(stream, site, std::move(upgrade));
}

}  // namespace vivi::http
