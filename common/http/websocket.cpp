// WebSockets on Beast: whole messages in and out, one writer, nobody waits for a slow reader.
// SPDX-License-Identifier: Apache-2.0
#include "common/http/websocket.hpp"

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <list>

#include "common/http/session.hpp"
#include "common/runtime/log.hpp"

namespace vivi::http {
namespace {

namespace beast = boost::beast;
namespace ws = beast::websocket;
using namespace net::experimental::awaitable_operators;

constexpr std::size_t most_message_bytes = 256 * 1024;
constexpr std::size_t most_queued_bytes = 1 << 20;
constexpr std::size_t first_read_bytes = 32;  ///< What an idle socket holds ready; a ping and a complete fit.
constexpr std::size_t next_read_bytes = 16 * 1024;
constexpr std::size_t cost_of_a_message = 64;  ///< Counted beside its bytes, so that empty ones have a bound too.
constexpr Seconds read_within{10};             ///< The peer has to take a message in this time.
constexpr Seconds handshake_within{5};
constexpr Seconds idle_within{40};  ///< Pinged after half of it, given up after it.

struct Outgoing {
    std::string head;
    std::shared_ptr<const std::string> body;  // Shared: one serialisation, many sockets.
    std::string_view tail;

    std::size_t bytes() const { return cost_of_a_message + head.size() + (body ? body->size() : 0) + tail.size(); }
};

/// Idle, it holds one pending read and nothing else: a write, and its deadline, exist only while there is something to write.
class BeastWebSocket final : public WebSocket {
public:
    explicit BeastWebSocket(Stream& stream) : stream_{stream} {}

    Task<bool> accept(const BeastRequest& upgrade, std::string protocol);
    Task<Result<std::string>> receive() override;
    bool send(std::string head, std::shared_ptr<const std::string> body, std::string_view tail) override;
    void close(std::uint16_t code, std::string_view reason) override;

    /// Says the last words, when there are any, and waits until nothing refers to this object any more.
    Task<> end();

private:
    /// Begins to write what is next, unless something is being written.
    void go_on();
    void write_one();
    void write_close();
    void written(const beast::error_code& error);
    Stream& below() { return beast::get_lowest_layer(stream_); }

    ws::stream<Stream&, /*deflateSupported=*/false> stream_;
    beast::flat_buffer received_{};
    std::list<Outgoing> queue_{};  // Empty it holds no memory, and what is being written does not move.
    std::size_t queued_bytes_ = 0;
    std::unique_ptr<ws::close_reason> closing_{};  // On the heap: it has room for 123 bytes.
    bool is_dead_ = false;                         ///< Nothing can be written any more.
    bool is_writing_ = false;
    net::steady_timer* ended_ = nullptr;  ///< Of end(): cancelled when a write has ended.
};

Task<bool> BeastWebSocket::accept(const BeastRequest& upgrade, std::string protocol) {
    below().expires_never();  // The handshake and idle peers are Beast's to time.
    ws::stream_base::timeout limits{};
    limits.handshake_timeout = handshake_within;
    limits.idle_timeout = idle_within;
    limits.keep_alive_pings = true;
    stream_.set_option(limits);
    stream_.set_option(ws::stream_base::decorator([protocol](ws::response_type& response) {
        if (!protocol.empty()) response.set(beast::http::field::sec_websocket_protocol, protocol);
    }));
    stream_.read_message_max(most_message_bytes);
    stream_.auto_fragment(false);
    stream_.text(true);
    const auto [error] = co_await stream_.async_accept(upgrade, as_value);
    stream_.set_option(ws::stream_base::decorator([](ws::response_type&) {}));  // It has had its use.
    co_return !error;
}

Task<Result<std::string>> BeastWebSocket::receive() {
    received_.clear();
    received_.shrink_to_fit();
    auto room = first_read_bytes;
    do {
        const auto [error, count] = co_await stream_.async_read_some(received_, room, as_value);
        if (error) {
            is_dead_ = true;
            if (error == ws::error::message_too_big) co_return failed(Code::Overflow, "a message is over 256 KiB");
            co_return failed(Code::Unavailable, error == ws::error::closed ? "closed by the peer" : error.message());
        }
        room = next_read_bytes;
    } while (!stream_.is_message_done());
    if (!stream_.got_text()) {
        close(ws::close_code::unknown_data, "only text is understood");
        co_return failed(Code::Unavailable, "the peer sent binary data");
    }
    co_return std::string{static_cast<const char*>(received_.data().data()), received_.size()};
}

bool BeastWebSocket::send(std::string head, std::shared_ptr<const std::string> body, std::string_view tail) {
    if (is_dead_ || closing_) return false;
    Outgoing message{std::move(head), std::move(body), tail};
    if (queued_bytes_ + message.bytes() > most_queued_bytes) {
        // What it has not begun to take it will not get: the close is next after the message under way.
        if (queue_.size() > 1) queue_.erase(std::next(queue_.begin()), queue_.end());
        close(ws::close_code::try_again_later, "reads too slowly");
        return false;
    }
    queued_bytes_ += message.bytes();
    queue_.push_back(std::move(message));
    go_on();
    return true;
}

void BeastWebSocket::close(std::uint16_t code, std::string_view reason) {
    if (closing_ || is_dead_) return;
    closing_ = std::make_unique<ws::close_reason>(static_cast<ws::close_code>(code), reason.substr(0, 123));
    go_on();
}

void BeastWebSocket::go_on() {
    if (is_dead_ || is_writing_ || (queue_.empty() && !closing_)) return;
    is_writing_ = true;
    if (!queue_.empty()) {
        // Late, the connection ends without a close handshake: a peer that does not read would not see it.
        below().expires_after(read_within);
        write_one();
    } else {
        write_close();  // With Beast's own deadline.
    }
}

void BeastWebSocket::write_one() {
    const auto& message = queue_.front();
    const std::array<net::const_buffer, 3> buffers{
        net::buffer(message.head), message.body ? net::buffer(*message.body) : net::const_buffer{}, net::buffer(message.tail)};
    stream_.async_write(buffers, [this](const beast::error_code& error, std::size_t) {
        queued_bytes_ -= std::min(queued_bytes_, queue_.front().bytes());
        queue_.pop_front();
        written(error);
    });
}

void BeastWebSocket::write_close() {
    stream_.async_close(*closing_, [this](const beast::error_code&) {
        is_dead_ = true;
        written({});
    });
}

void BeastWebSocket::written(const beast::error_code& error) {
    is_writing_ = false;
    below().expires_never();
    is_dead_ = is_dead_ || error;
    go_on();
    if (ended_) ended_->cancel();
}

Task<> BeastWebSocket::end() {
    net::steady_timer ended{stream_.get_executor(), Instant::max()};
    ended_ = &ended;
    while (is_writing_) co_await ended.async_wait(as_value);
}

/// Empty: the handler was cancelled.
std::optional<std::string> reason_of(const std::exception_ptr& failure, net::cancellation_type cancelled) {
    if (cancelled != net::cancellation_type::none) return std::nullopt;
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        return error.what();
    }
}

}  // namespace

Task<> serve_websocket(Stream& stream, const Site& site, std::unique_ptr<Upgrade> upgrade) {
    BeastWebSocket socket{stream};
    if (!co_await socket.accept(upgrade->head, std::move(upgrade->protocol))) co_return;
    auto conversation = site.websocket(std::move(upgrade->request), socket);
    upgrade.reset();  // The conversation may last for days.
    std::exception_ptr failure;
    try {
        co_await std::move(conversation);
    } catch (...) {
        failure = std::current_exception();
    }
    const auto cancellation = co_await net::this_coro::cancellation_state;
    co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());
    if (!failure) {
        socket.close(ws::close_code::normal, "");
    } else if (const auto reason = reason_of(failure, cancellation.cancelled())) {
        log::error("http.handler_failed", {{"request", "WebSocket"}, {"reason", *reason}});
        socket.close(ws::close_code::internal_error, "");
    } else {
        stream.close();  // Nobody waits for the peer.
    }
    co_await socket.end();
}

}  // namespace vivi::http
