// Dialling, serving and losing a hub.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/tunnel.hpp"

#include "common/core/backoff.hpp"
#include "common/core/crypto.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/daemon.hpp"
#include "common/runtime/log.hpp"
#include "common/runtime/unix_socket.hpp"
#include "common/ssh/join.hpp"

namespace vivi::openvivi_embedded {
namespace {

constexpr Milliseconds most_connecting{20'000};  // Name, TCP, key exchange, authentication, forwards.
constexpr Milliseconds proven{10'000};           // A connection that lived this long was no accident: the back-off starts again.

const ssh::Forward sync_forward{.name = "sync", .port = 1};
const ssh::Forward api_forward{.name = "api", .port = 2};

std::string to_string(const ssh::Address& hub) { return hub.host + ':' + std::to_string(hub.port); }

}  // namespace

Tunnel::Tunnel(net::any_io_executor executor, const ssh::PrivateKey& identity, TunnelOptions options)
    : executor_{std::move(executor)}, identity_{identity}, options_{std::move(options)}, asked_{executor_} {}

TunnelState Tunnel::state() const { return state_; }

Task<> Tunnel::run() {
    Backoff backoff{options_.backoff_first, options_.backoff_most};
    for (;;) {
        for (const auto& hub : options_.hubs) {
            const auto began = now();
            const auto why = co_await visit(hub);
            if (state_.is_connected && now() - *state_.since >= proven) backoff.reset();
            const auto lived = std::chrono::duration_cast<Milliseconds>(now() - began);
            if (state_.is_connected)
                log::warn("tunnel.lost", {{"hub", to_string(hub)}, {"after_ms", lived.count()}, {"reason", why.detail}});
            else if (why.code == Code::Denied)
                log::warn("tunnel.refused", {{"hub", to_string(hub)}, {"reason", why.detail}});
            else if (why.detail != state_.why_offline)
                log::warn("tunnel.failed", {{"hub", to_string(hub)}, {"reason", why.detail}});
            state_ = {.since = now(), .why_offline = why.detail, .connections = state_.connections};
        }
        co_await after(backoff.next(crypto::random_u32()));
    }
}

/// Connects and serves until the connection ends; says why it ended, or was never made.
Task<Error> Tunnel::visit(const ssh::Address& hub) {
    using namespace net::experimental::awaitable_operators;
    const ssh::Rules rules{.forwards = {sync_forward, api_forward}, .liveness = options_.liveness};
    const auto connecting = [](const ssh::Address& to, const ssh::PrivateKey& identity,
                               const std::vector<ssh::PublicKey>& hub_keys,
                               const ssh::Rules& allowed) -> Task<Result<std::unique_ptr<ssh::Session>>> {
        auto socket = co_await ssh::dial(to);
        if (!socket) co_return std::unexpected{std::move(socket).error()};
        ssh::Credentials credentials{.identity = identity, .hub_keys = hub_keys};
        co_return co_await ssh::connect(*std::move(socket), to_string(to), std::move(credentials), allowed);
    };
    auto outcome = co_await (connecting(hub, identity_, options_.hub_keys, rules) || after(most_connecting));
    if (outcome.index() == 1) co_return Error{Code::Timeout, to_string(hub) + ": no connection within 20 s"};
    auto session = std::move(std::get<0>(outcome));
    if (!session) co_return std::move(session).error();

    state_ = {.is_connected = true, .hub = to_string(hub), .since = now(), .connections = state_.connections + 1};
    log::info("tunnel.connected", {{"hub", to_string(hub)}, {"hub_key", ssh::fingerprint((*session)->peer_key())}});
    Error why;
    const auto running = [](ssh::Session& on, Error& reason) -> Task<> { reason = co_await on.run(); };
    co_await together(running(**session, why), serve(**session), until_asked(why));
    co_return why;
}

Task<> Tunnel::until_asked(Error& why) {
    co_await asked_.wait();
    if (why.detail.empty())
        why = {Code::Unavailable, "another connection was asked for"};  // Else it ended, and we are cancelled.
}

Task<> Tunnel::hear_dials() {
    if (options_.dial_socket.empty()) {
        for (;;) co_await after(Milliseconds{3'600'000});
    }
    for (;;) {
        std::string reason;
        try {
            auto acceptor = listen_unix(executor_, options_.dial_socket);
            for (;;) {
                const auto [error, asking] = co_await acceptor.async_accept(as_value);
                if (error) break;
                log::info("tunnel.asked");
                asked_.notify();
            }
        } catch (const Fatal& fatal) {
            reason = fatal.what();  // The tunnel must live whether or not somebody can ask for another one.
        }
        if (!reason.empty()) log::warn("tunnel.unaskable", {{"reason", reason}});
        co_await after(Milliseconds{30'000});
    }
}

Task<> Tunnel::serve(ssh::Session& session) {
    TaskGroup joined{executor_};
    co_await together(joined.run(), take_channels(session, joined));
}

Task<> Tunnel::take_channels(ssh::Session& session, TaskGroup& joined) {
    for (;;) {
        auto incoming = co_await session.next_channel();
        joined.start(join(std::move(incoming)));
    }
}

/// A socket that nobody serves closes the channel; the hub tries again.
Task<> Tunnel::join(ssh::Incoming incoming) {
    const auto& path = incoming.forward == sync_forward ? options_.sync_socket : options_.api_socket;
    UnixSocket socket{executor_};
    const auto [error] = co_await socket.async_connect(UnixSocket::endpoint_type{path}, as_value);
    if (error) {
        log::debug("tunnel.nobody_home",
                   {{"forward", ssh::to_string(incoming.forward)}, {"socket", path}, {"reason", error.message()}});
        co_return;
    }
    ++state_.channels;
    co_await ssh::join(incoming.channel, socket);
    --state_.channels;
}

}  // namespace vivi::openvivi_embedded
