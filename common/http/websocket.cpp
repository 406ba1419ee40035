// WebSockets on Beast: whole messages in and out, one writer, nobody waits for a slow reader.
// SPDX-License-Identifier: Apache-2.0
#include "common/http/websocket.hpp"

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>

#include "common/http/session.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"

namespace vivi::http {
namespace {

namespace beast = boost::beast;
namespace ws = beast::websocket;
using namespace net::experimental::awaitable_operators;

constexpr std::size_t most_message_bytes = 256 * 1024;
constexpr std::size_t most_queued_bytes = 1 << 20;
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

class BeastWebSocket final : public WebSocket {
public:
    explicit BeastWebSocket(Stream stream)
        : stream_{std::move(stream)}, changed_{stream_.get_executor(), Instant::max()}, deadline_{stream_.get_executor()} {}

    Task<bool> accept(const BeastRequest& upgrade, std::string protocol);
    Task<Result<std::string>> receive() override;
    bool send(std::string head, std::shared_ptr<const std::string> body, std::string_view tail) override;
    void close(std::uint16_t code, std::string_view reason) override;

    /// Writes what is queued until the socket is closed by either side; says the last words itself.
    Task<> write();
    /// Ends the connection under a peer that does not take a message in time.
    Task<> guard();

private:
    Task<bool> write_one();
    /// Until the timer is cancelled or expires; throws when the caller is cancelled.
    static Task<> wait(net::steady_timer& timer);

    ws::stream<Stream, /*deflateSupported=*/false> stream_;
    beast::flat_buffer received_{};
    std::deque<Outgoing> queue_{};
    std::size_t queued_bytes_ = 0;
    std::optional<ws::close_reason> closing_{};
    bool is_dead_ = false;
    bool guard_sleeps_ = false;
    std::optional<Instant> writing_since_{};
    net::steady_timer changed_;   ///< Never expires: cancelled to wake the writer.
    net::steady_timer deadline_;  ///< The guard's.
};

Task<bool> BeastWebSocket::accept(const BeastRequest& upgrade, std::string protocol) {
    beast::get_lowest_layer(stream_).expires_never();  // The WebSocket has its own timeouts.
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
    co_return !error;
}

Task<Result<std::string>> BeastWebSocket::receive() {
    received_.clear();
    const auto [error, count] = co_await stream_.async_read(received_, as_value);
    if (error) {
        is_dead_ = true;
        changed_.cancel();
        if (error == ws::error::message_too_big) co_return failed(Code::Overflow, "a message is over 256 KiB");
        co_return failed(Code::Unavailable, error == ws::error::closed ? "closed by the peer" : error.message());
    }
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
        if (queue_.size() > 1) queue_.resize(1);
        close(ws::close_code::try_again_later, "reads too slowly");
        return false;
    }
    queued_bytes_ += message.bytes();
    queue_.push_back(std::move(message));
    changed_.cancel();
    return true;
}

void BeastWebSocket::close(std::uint16_t code, std::string_view reason) {
    if (closing_ || is_dead_) return;
    closing_.emplace(static_cast<ws::close_code>(code), reason.substr(0, 123));
    changed_.cancel();
}

Task<> BeastWebSocket::wait(net::steady_timer& timer) {
    co_await timer.async_wait(as_value);
    const auto cancellation = co_await net::this_coro::cancellation_state;
    if (cancellation.cancelled() != net::cancellation_type::none)
        throw boost::system::system_error{net::error::operation_aborted};
}

Task<bool> BeastWebSocket::write_one() {
    const auto& message = queue_.front();
    const std::array<net::const_buffer, 3> buffers{
        net::buffer(message.head), message.body ? net::buffer(*message.body) : net::const_buffer{}, net::buffer(message.tail)};
    writing_since_ = now();
    if (guard_sleeps_) deadline_.cancel();
    const auto [error, count] = co_await stream_.async_write(buffers, as_value);
    writing_since_.reset();
    queued_bytes_ -= std::min(queued_bytes_, queue_.front().bytes());
    queue_.pop_front();
    co_return !error;
}

Task<> BeastWebSocket::write() {
    while (!is_dead_) {
        if (!queue_.empty()) {
            const bool written = co_await write_one();
            is_dead_ = is_dead_ || !written;
        } else if (closing_) {
            co_await stream_.async_close(*closing_, as_value);
            is_dead_ = true;
        } else {
            co_await wait(changed_);
        }
    }
    deadline_.cancel();
}

Task<> BeastWebSocket::guard() {
    while (!is_dead_) {
        guard_sleeps_ = !writing_since_;
        deadline_.expires_at(writing_since_ ? *writing_since_ + read_within : Instant::max());
        co_await wait(deadline_);
        // Not through the handshake: a peer that does not read would not see it.
        if (writing_since_ && now() - *writing_since_ >= read_within) {
            beast::get_lowest_layer(stream_).close();
            co_return;
        }
    }
}

Task<> converse(const Site& site, Request request, BeastWebSocket& socket) {
    std::string reason;
    try {
        co_await site.websocket(std::move(request), socket);
    } catch (const std::exception& failure) {
        reason = failure.what();
    }
    const auto cancellation = co_await net::this_coro::cancellation_state;
    if (cancellation.cancelled() != net::cancellation_type::none)
        throw boost::system::system_error{net::error::operation_aborted};
    if (reason.empty()) {
        socket.close(ws::close_code::normal, "");
    } else {
        log::error("http.handler_failed", {{"request", "WebSocket"}, {"reason", reason}});
        socket.close(ws::close_code::internal_error, "");
    }
}

}  // namespace

Task<> serve_websocket(Stream stream, const Site& site, Request request, BeastRequest upgrade, std::string protocol) {
    BeastWebSocket socket{std::move(stream)};
    if (!co_await socket.accept(upgrade, std::move(protocol))) co_return;
    co_await (converse(site, std::move(request), socket) && socket.write() && socket.guard());
}

}  // namespace vivi::http
