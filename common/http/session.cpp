// Reading requests and writing responses on one connection.
// SPDX-License-Identifier: Apache-2.0
#include "common/http/session.hpp"

#include <array>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "common/http/codec.hpp"
#include "common/http/fields.hpp"
#include "common/http/request_parser.hpp"
#include "common/http/request_rules.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"

namespace vivi::http {
namespace {

namespace beast = boost::beast;
namespace beast_http = beast::http;

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
    Task<beast::error_code> read_head();
    Task<beast::error_code> read_body();
    /// Feeds the parser what came already; need_more when that was not all.
    beast::error_code parse_buffered(bool (RequestParser::*is_done)() const);
    /// Writes it; false when the connection must end after it.
    Task<bool> respond(Response response, Ending ending);
    /// The pieces of a body without a known end; false when the connection must end after it.
    Task<bool> stream_rest(Response& response, std::string head);
    /// Ends the connection so that the peer gets our last words even though it still sends (RFC 9112 section 9.6).
    Task<> linger();
    Task<Response> handled();
    /// The head as a WebSocket's upgrade; nothing when it is none.
    std::optional<BeastRequest> upgrade_head() const;
    /// False: the stream is the WebSocket's, or the connection ends.
    Task<bool> begin_upgrade(BeastRequest head, bool keep_alive);

    Stream& stream_;
    const Site& site_;
    const std::string& peer_;
    beast::flat_buffer buffer_{};
    std::optional<RequestParser> parser_{};  ///< Not in the coroutine's frame, which is made anew for each request.
    std::string shown_{};                    ///< Of the request, for the log; without its query, which may hold secrets.
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

beast::error_code Session::parse_buffered(bool (RequestParser::*is_done)() const) {
    beast::error_code error;
    while (!error && !((*parser_).*is_done)()) {
        if (buffer_.size() == 0) return beast_http::error::need_more;
        buffer_.consume(parser_->put(buffer_.data(), error));
    }
    return error;
}

Task<beast::error_code> Session::read_head() {
    stream_.expires_after(site_.limits.header_timeout);
    const auto [error, count] = co_await beast_http::async_read_header(stream_, buffer_, *parser_, as_value);
    co_return error;
}

Task<beast::error_code> Session::read_body() {
    stream_.expires_after(body_within);
    if (find(request.headers, "expect") && !parser_->is_http_1_0() && buffer_.size() == 0) {
        static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        const auto [error, written] = co_await net::async_write(stream_, net::buffer(go_on), as_value);
        if (error) co_return error;
    }
    const auto [error, count] = co_await beast_http::async_read(stream_, buffer_, *parser_, as_value);
    co_return error;
}

std::optional<BeastRequest> Session::upgrade_head() const {
    if (!find(request.headers, "upgrade") || parser_->is_http_1_0()) return std::nullopt;
    BeastRequest head;
    head.version(11);
    head.method_string(request.method);
    head.target(request.target);
    for (const auto& [name, value] : request.headers) head.insert(name, value);
    if (!beast::websocket::is_upgrade(head)) return std::nullopt;
    return head;
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

Task<bool> Session::begin_upgrade(BeastRequest head, bool keep_alive) {
    auto decision = site_.accept_websocket(request);
    if (auto* const refused = std::get_if<Response>(&decision)) {
        const Ending ending{.keep_alive = keep_alive};
        co_return co_await respond(std::move(*refused), ending);
    }
    // A client must not send frames before it was accepted (RFC 6455 section 4.1).
    if (buffer_.size() > 0)
        co_await respond(text_response(400, "data came before the WebSocket was accepted"), last);
    else
        upgrade = std::make_unique<Upgrade>(std::move(request), std::move(head), std::get<std::string>(std::move(decision)));
    co_return false;
}

Task<bool> Session::next_request() {
    if (buffer_.size() == 0) {  // Otherwise it came together with the last one.
        stream_.expires_after(site_.limits.idle_timeout);
        const auto [none, count] = co_await stream_.async_read_some(buffer_.prepare(4096), as_value);
        if (none) co_return false;
        buffer_.commit(count);
    }
    request = Request{.peer = peer_};
    auto& parser = parser_.emplace(site_.limits, request);
    auto error = parse_buffered(&RequestParser::is_header_done);
    if (error == beast_http::error::need_more) error = co_await read_head();
    if (error) {
        if (is_answerable(error)) co_await respond(response_to(error), last);
        co_return false;
    }
    site_.proxies.apply(request);
    if (auto refused = refuse({.is_http_1_0 = parser.is_http_1_0(), .request = request})) {
        co_await respond(*std::move(refused), last);
        co_return false;
    }
    request.target = *origin_form(request.target);
    shown_.assign(request.method).append(1, ' ').append(request.path());

    parser.eager(true);
    error = parse_buffered(&RequestParser::is_done);
    if (error == beast_http::error::need_more) error = co_await read_body();
    if (error) {
        if (is_answerable(error)) co_await respond(response_to(error), last);
        co_return false;
    }
    const bool keep_alive = parser.keep_alive();
    if (auto head = site_.accept_websocket ? upgrade_head() : std::nullopt)
        co_return co_await begin_upgrade(*std::move(head), keep_alive);
    const Ending ending{.keep_alive = keep_alive, .is_http_1_0 = parser.is_http_1_0(), .is_head = request.method == "HEAD"};
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
        if (const auto taken = stream_.write_now(buffers); taken < first.size() + piece.size()) {
            const auto of_head = std::min(taken, first.size());
            const std::array<net::const_buffer, 2> left{net::buffer(first.substr(of_head)),
                                                        net::buffer(piece.substr(taken - of_head))};
            stream_.expires_after(progress_within);
            const auto [error, count] = co_await net::async_write(stream_, left, as_value);
            if (error) co_return false;
        }
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
