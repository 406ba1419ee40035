// Sessions and channels on top of a Link.
// SPDX-License-Identifier: Apache-2.0
#include "common/ssh/session.hpp"

#include <algorithm>
#include <array>

#include "common/runtime/clock.hpp"
#include "common/ssh/link.hpp"

namespace vivi::ssh {
namespace {

constexpr std::size_t chunk_bytes = 32 * 1024;  // libssh's largest packet; more at once would only be cut.

Error over(const ChannelState& state) {
    if (state.link != nullptr && state.link->is_ended()) return state.link->why();
    return {Code::Unavailable, "the session is over"};
}

bool is_over(const ChannelState& state) { return state.link == nullptr || state.link->is_ended(); }

}  // namespace

Channel::Channel(std::unique_ptr<ChannelState> state) : state_{std::move(state)} {}
Channel::Channel(Channel&&) noexcept = default;
Channel& Channel::operator=(Channel&&) noexcept = default;
Channel::~Channel() = default;

Task<Result<std::size_t>> Channel::read_some(std::span<std::byte> into) {
    const auto most = static_cast<std::uint32_t>(std::min(into.size(), std::size_t{1} << 30));
    auto count = co_await read_with(
        [into, most](ChannelState& state) { return ssh_channel_read_nonblocking(state.channel, into.data(), most, 0); });
    co_return count;
}

Task<Result<Bytes>> Channel::read() {
    Bytes bytes;
    const auto take = [&bytes](ChannelState& state) {
        std::array<std::byte, chunk_bytes> buffer;  // On the stack: not in the frame of a coroutine that waits.
        const int count = ssh_channel_read_nonblocking(state.channel, buffer.data(), chunk_bytes, 0);
        if (count > 0) bytes.assign(buffer.begin(), buffer.begin() + count);
        return count;
    };
    const auto count = co_await read_with(take);
    if (!count) co_return std::unexpected{count.error()};
    co_return bytes;
}

Task<Result<std::size_t>> Channel::read_with(std::function<int(ChannelState&)> take) {
    auto& state = *state_;
    for (;;) {
        if (is_over(state)) co_return std::unexpected{over(state)};
        state.is_fresh = false;
        const int count = take(state);
        state.link->pump();  // It may bring what we are about to wait for: then is_fresh.
        if (count > 0) co_return static_cast<std::size_t>(count);
        if (is_over(state)) continue;
        if (count == SSH_EOF || ssh_channel_is_eof(state.channel) != 0) co_return std::size_t{0};
        if (count == SSH_ERROR) co_return failed(Code::Unavailable, "channel: " + state.link->last_error());
        if (!state.is_fresh) co_await state.readable.wait();
    }
}

Task<Status> Channel::write(BytesView bytes) {
    auto& state = *state_;
    while (!bytes.empty()) {
        if (is_over(state)) co_return std::unexpected{over(state)};
        if (ssh_channel_is_open(state.channel) == 0) co_return failed(Code::Unavailable, "the peer closed the channel");
        int count = 0;
        if (state.can_write()) {
            count =
                ssh_channel_write(state.channel, bytes.data(), static_cast<std::uint32_t>(std::min(bytes.size(), chunk_bytes)));
            if (count < 0) co_return failed(Code::Unavailable, "channel: " + state.link->last_error());
            state.link->pump();
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        }
        if (count > 0 || is_over(state)) continue;
        state.link->kick();
        state.is_writer_waiting = true;
        co_await state.writable.wait_until(now() + 1s);  // A key exchange may begin and end without a word for us.
        state.is_writer_waiting = false;
    }
    co_return Status{};
}

void Channel::end_writing() {
    if (is_over(*state_)) return;
    ssh_channel_send_eof(state_->channel);
    state_->link->pump();
}

Session::Session(std::unique_ptr<Link> link) : link_{std::move(link)} {}
Session::~Session() = default;

Task<Error> Session::run() { co_return co_await link_->run(); }

Task<Status> Session::forward_requested(Forward forward, Milliseconds at_most) {
    using namespace net::experimental::awaitable_operators;
    const auto deadline = now() + at_most;
    while (!link_->forwards.contains(forward)) {
        if (link_->is_ended()) co_return std::unexpected{link_->why()};
        const auto rest = std::chrono::duration_cast<Milliseconds>(deadline - now());
        if (rest <= 0ms) co_return failed(Code::NotFound, "the router did not ask for the forward " + to_string(forward));
        co_await (link_->progress.wait() || after(rest));
    }
    co_return Status{};
}

Task<Result<Channel>> Session::open(Forward forward, Milliseconds at_most) {
    auto& link = *link_;
    if (link.is_ended()) co_return std::unexpected{link.why()};
    if (!link.forwards.contains(forward))
        co_return failed(Code::NotFound, "the router did not ask for the forward " + to_string(forward));
    if (link.channels.size() >= link.rules.most_channels) co_return failed(Code::Overflow, "too many channels to the router");
    const auto raw = ssh_channel_new(link.raw());
    if (raw == nullptr) co_return failed(Code::Internal, link.last_error());
    auto state = std::make_unique<ChannelState>(link, raw);
    state->is_opening = true;
    const auto deadline = now() + at_most;
    for (;;) {
        const int result = ssh_channel_open_reverse_forward(state->channel, forward.name.c_str(), forward.port, "hub", 0);
        const auto heard = link.packets.in_packets;
        link.pump();
        if (is_over(*state)) co_return std::unexpected{over(*state)};
        if (result == SSH_OK) break;
        if (result != SSH_AGAIN)
            co_return failed(Code::Unavailable,
                             "the router refused a channel to " + to_string(forward) + ": " + link.last_error());
        if (link.packets.in_packets != heard) continue;  // The pump may have brought the answer.
        if (now() >= deadline) co_return failed(Code::Timeout, "the router did not answer the opening of " + to_string(forward));
        co_await state->readable.wait_until(deadline);
        if (is_over(*state)) co_return std::unexpected{over(*state)};
    }
    state->is_opening = false;
    co_return Channel{std::move(state)};
}

Task<Incoming> Session::next_channel() {
    auto& link = *link_;
    while (link.incoming.empty()) co_await link.progress.wait();
    auto next = std::move(link.incoming.front());
    link.incoming.pop_front();
    co_return next;
}

void Session::disconnect(const std::string& reason) { link_->disconnect(reason); }

const PublicKey& Session::peer_key() const noexcept { return link_->peer_key; }

Traffic Session::traffic() const noexcept {
    return {.in_bytes = link_->bytes.in_bytes,
            .out_bytes = link_->bytes.out_bytes,
            .in_packets = link_->packets.in_packets,
            .out_packets = link_->packets.out_packets};
}

std::size_t Session::channels() const noexcept { return link_->channels.size(); }

}  // namespace vivi::ssh
