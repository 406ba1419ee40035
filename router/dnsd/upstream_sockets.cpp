// Connected UDP sockets, recvmmsg and sendmmsg.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/upstream_sockets.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "common/runtime/clock.hpp"

namespace vivi::dnsd {
namespace {

constexpr int buffer_bytes = 1 << 20;

}  // namespace

struct UpstreamSockets::Socket {
    Descriptor descriptor{};
    Endpoint to{};
    SlotId slot = 0;
    Instant opened_at{};
    std::vector<iovec> waiting{};
};

struct UpstreamSockets::Batch {
    std::array<mmsghdr, most_a_batch> in{}, out{};
    std::array<iovec, most_a_batch> slices{};
    std::array<std::array<std::byte, most_message_bytes>, most_a_batch> buffers{};
    std::array<BytesView, most_a_batch> messages{};

    Batch() {
        for (std::size_t i = 0; i < most_a_batch; ++i) {
            slices[i] = {.iov_base = buffers[i].data(), .iov_len = most_message_bytes};
            in[i].msg_hdr.msg_iov = &slices[i];
            in[i].msg_hdr.msg_iovlen = 1;
            out[i].msg_hdr.msg_iovlen = 1;
        }
    }
};

UpstreamSockets::UpstreamSockets(int poller, std::uint64_t first_tag, std::size_t slots)
    : poller_{poller}, first_tag_{first_tag}, slots_{slots}, batch_{std::make_unique<Batch>()} {}
UpstreamSockets::~UpstreamSockets() = default;

void UpstreamSockets::set_upstreams(std::span<const Endpoint> upstreams) {
    if (std::ranges::equal(upstreams_, upstreams)) return;
    dirty_.clear();
    upstreams_.assign(upstreams.begin(), upstreams.end());
    sockets_.clear();
    sockets_.resize(upstreams_.size() * slots_);
}

UpstreamSockets::Socket* UpstreamSockets::socket_for(const Endpoint& to, SlotId slot) {
    const auto found = std::ranges::find(upstreams_, to);
    if (found == upstreams_.end() || slot >= slots_) return nullptr;
    const auto index = static_cast<std::size_t>(found - upstreams_.begin()) * slots_ + slot;
    auto& socket = sockets_[index];
    if (!socket) {
        auto made = std::make_unique<Socket>();
        made->to = to;
        made->slot = slot;
        if (!open(*made, index)) return nullptr;
        socket = std::move(made);
    }
    return socket.get();
}

bool UpstreamSockets::open(Socket& socket, std::size_t index) {
    const auto kernel = to_kernel(socket.to);
    socket.descriptor = Descriptor{::socket(kernel.storage.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    const int number = socket.descriptor.number();
    if (number < 0) return false;
    ::setsockopt(number, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes);
    // The kernel binds to a random free port of ip_local_port_range.
    if (::connect(number, kernel.pointer(), kernel.size) != 0) return false;
    epoll_event event{.events = EPOLLIN, .data = {.u64 = first_tag_ + index}};
    socket.opened_at = vivi::now();
    socket.waiting.reserve(most_a_batch);
    return ::epoll_ctl(poller_, EPOLL_CTL_ADD, number, &event) == 0;
}

bool UpstreamSockets::queue(const Decisions::Ask& ask, BytesView bytes) {
    auto* socket = socket_for(ask.to, ask.slot);
    if (socket == nullptr) return false;
    if (socket->waiting.empty()) dirty_.push_back(socket);
    socket->waiting.push_back({.iov_base = const_cast<std::byte*>(bytes.data()), .iov_len = bytes.size()});  // Only read.
    if (socket->waiting.size() == most_a_batch) send(*socket);
    return true;
}

std::vector<Endpoint> UpstreamSockets::flush() {
    for (auto* socket : dirty_) send(*socket);
    dirty_.clear();
    return std::exchange(refused_, {});
}

void UpstreamSockets::send(Socket& socket) {
    auto& out = batch_->out;
    const auto count = socket.waiting.size();
    for (std::size_t i = 0; i < count; ++i) out[i].msg_hdr.msg_iov = &socket.waiting[i];
    for (std::size_t done = 0; done < count;) {
        const int sent =
            ::sendmmsg(socket.descriptor.number(), out.data() + done, static_cast<unsigned>(count - done), MSG_DONTWAIT);
        if (sent > 0) done += static_cast<std::size_t>(sent);
        // The error of an earlier datagram, told now; it takes nothing with it. The next try sends.
        else if (errno == ECONNREFUSED)
            refused_.push_back(socket.to);
        else if (errno != EINTR)
            ++done;
    }
    socket.waiting.clear();
}

UpstreamSockets::Heard UpstreamSockets::receive(std::uint64_t tag) {
    const auto index = static_cast<std::size_t>(tag - first_tag_);
    if (index >= sockets_.size() || !sockets_[index]) return {};
    auto& socket = *sockets_[index];
    Heard heard{.from = socket.to, .slot = socket.slot};
    const int count = ::recvmmsg(socket.descriptor.number(), batch_->in.data(), most_a_batch, MSG_DONTWAIT, nullptr);
    if (count < 0) {
        heard.is_refused = errno == ECONNREFUSED;
        return heard;
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
        batch_->messages[i] = BytesView{batch_->buffers[i]}.first(batch_->in[i].msg_len);
    heard.messages = std::span{batch_->messages}.first(static_cast<std::size_t>(count));
    return heard;
}

void UpstreamSockets::renew(Instant before, const std::function<bool(SlotId)>& is_idle) {
    for (auto& socket : sockets_) {
        if (socket && socket->opened_at < before && socket->waiting.empty() && is_idle(socket->slot)) socket.reset();
    }
}

std::size_t UpstreamSockets::open_sockets() const noexcept {
    return static_cast<std::size_t>(std::ranges::count_if(sockets_, [](const auto& socket) { return socket != nullptr; }));
}

}  // namespace vivi::dnsd
