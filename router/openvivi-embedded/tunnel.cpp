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

constexpr Milliseconds proven{10'000};  // A connection that lived this long was no accident: the back-off starts again.

const ssh::Forward sync_forward{.name = "sync", .port = 1};
const ssh::Forward api_forward{.name = "api", .port = 2};

std::string to_string(const ssh::Address& hub) { return hub.host + ':' + std::to_string(hub.port); }

Error nobody_answers(const ssh::Address& place, Milliseconds waited) {
    return {Code::Timeout, to_string(place) + ": no connection within " + std::to_string(waited.count()) + " ms"};
}

std::optional<ssh::TlsClient> tls_client(const TunnelOptions& options) {
    if (options.tls_port == 0) return std::nullopt;
    auto client = ssh::TlsClient::make(options.tls_trust);
    if (!client) throw Fatal{client.error(), Exit::Configuration};
    return *std::move(client);
}

}  // namespace

std::string_view to_string(Way way) noexcept { return way == Way::Tls ? "tls" : "plain"; }

Tunnel::Tunnel(net::any_io_executor executor, const ssh::PrivateKey& identity, TunnelOptions options)
    : executor_{std::move(executor)},
      identity_{identity},
      options_{std::move(options)},
      tls_{tls_client(options_)},
      ways_(options_.hubs.size()),
      asked_{executor_} {}

TunnelState Tunnel::state() const { return state_; }

Task<> Tunnel::run() {
    Backoff backoff{options_.backoff_first, options_.backoff_most};
    for (;;) {
        for (std::size_t i = 0; i < options_.hubs.size(); ++i) {
            const auto& hub = options_.hubs[i];
            const auto began = now();
            const auto why = co_await visit(hub, ways_[i]);
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

/// By the way that is tried first and, when nothing sensible answers there, by the other one.
Task<Error> Tunnel::visit(const ssh::Address& hub, Ways& ways) {
    const auto way = tls_ ? ways.first(now()) : Way::Plain;
    auto why = co_await visit_by(hub, way);
    if (state_.is_connected) {
        ways.worked(way);
        co_return why;
    }
    ways.failed(way, now());
    if (!tls_ || !Ways::is_worth_another(why)) co_return why;
    auto second = co_await visit_by(hub, other(way));
    if (state_.is_connected) {
        ways.worked(other(way));
        co_return second;
    }
    ways.failed(other(way), now());
    if (second.code == Code::Denied) co_return second;  // It came further than the first.
    const auto& plain = way == Way::Plain ? why : second;
    const auto& tls = way == Way::Plain ? second : why;
    co_return Error{plain.code, plain.detail + "; " + tls.detail};
}

/// Connects and serves until the connection ends; says why it ended, or was never made.
Task<Error> Tunnel::visit_by(const ssh::Address& hub, Way way) {
    using namespace net::experimental::awaitable_operators;
    const ssh::Address place{.host = hub.host, .port = way == Way::Tls ? options_.tls_port : hub.port};
    auto dialled = co_await (ssh::dial(place) || after(options_.most_reaching));
    if (dialled.index() == 1) co_return nobody_answers(place, options_.most_reaching);
    auto socket = std::move(std::get<0>(dialled));
    if (!socket) co_return std::move(socket).error();
    Error why;
    if (way == Way::Plain) {
        co_await talk(place, way, *std::move(socket), why);
        co_return why;
    }
    auto shaken = co_await (tls_->connect(*std::move(socket), place.host, options_.liveness) || after(options_.most_reaching));
    if (shaken.index() == 1) co_return nobody_answers(place, options_.most_reaching);
    auto wire = std::move(std::get<0>(shaken));
    if (!wire) co_return std::move(wire).error().in(to_string(place));
    auto stream = wire->take_stream();
    co_await wire->carry(talk(place, way, std::move(stream), why));
    co_return why;
}

Task<> Tunnel::talk(const ssh::Address& hub, Way way, ssh::Stream stream, Error& why) {
    using namespace net::experimental::awaitable_operators;
    const ssh::Rules rules{.forwards = {sync_forward, api_forward}, .liveness = options_.liveness};
    ssh::Credentials credentials{.identity = identity_, .hub_keys = options_.hub_keys};
    auto outcome = co_await (ssh::connect(std::move(stream), to_string(hub), std::move(credentials), rules) ||
                             after(options_.most_reaching));
    if (outcome.index() == 1) {
        why = nobody_answers(hub, options_.most_reaching);
        co_return;
    }
    auto session = std::move(std::get<0>(outcome));
    if (!session) {
        why = std::move(session).error();
        co_return;
    }
    state_ = {.is_connected = true, .hub = to_string(hub), .way = way, .since = now(), .connections = state_.connections + 1};
    log::info("tunnel.connected",
              {{"hub", to_string(hub)}, {"way", to_string(way)}, {"hub_key", ssh::fingerprint((*session)->peer_key())}});
    const auto running = [](ssh::Session& on, Error& reason) -> Task<> { reason = co_await on.run(); };
    co_await together(running(**session, why), serve(**session), until_asked(why));
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
