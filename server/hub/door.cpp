// Accepting, bounding, deciding.
// SPDX-License-Identifier: Apache-2.0
#include "server/hub/door.hpp"

#include <algorithm>
#include <boost/asio/read.hpp>

#include "common/runtime/clock.hpp"
#include "common/runtime/daemon.hpp"
#include "common/runtime/log.hpp"
#include "common/wire/proxy_header.hpp"

namespace vivi::hub {
namespace {

using net::ip::tcp;

tcp::acceptor listen(const net::any_io_executor& executor, const std::string& text, std::uint16_t port, const char* setting) {
    const auto where = text + ':' + std::to_string(port);
    boost::system::error_code error;
    const auto address = net::ip::make_address(text, error);
    if (error) throw Fatal{Error{Code::Invalid, "listen.address: " + text + " is not an address"}, Exit::Configuration};
    try {
        return {executor, tcp::endpoint{address, port}};
    } catch (const boost::system::system_error& failure) {
        throw Fatal{Error{Code::Conflict,
                          where + ": cannot listen: " + failure.code().message() + "; free the port or change " + setting}};
    }
}

/// Nothing: it ended, or what it sent is no header.
Task<std::optional<wire::proxy_header::Header>> read_proxy_header(tcp::socket& socket) {
    using Nothing = std::optional<wire::proxy_header::Header>;
    Bytes bytes(wire::proxy_header::fixed_bytes);
    const auto [error, count] = co_await net::async_read(socket, net::buffer(bytes), as_value);
    if (error) co_return Nothing{};
    const auto length = wire::proxy_header::length_of(bytes);
    if (!length) co_return Nothing{};
    bytes.resize(*length);
    const auto rest = net::buffer(bytes) + wire::proxy_header::fixed_bytes;
    const auto [rest_error, rest_count] = co_await net::async_read(socket, rest, as_value);
    const auto header = rest_error ? std::unexpected{wire::ParseError::Truncated} : wire::proxy_header::parse(bytes);
    co_return header ? Nothing{*header} : Nothing{};
}

}  // namespace

Door::Door(net::any_io_executor executor, const ssh::PrivateKey& host_key, DoorOptions options, std::optional<ssh::TlsServer> tls,
           Bounds& bounds, Services& services, Shards& shards)
    : executor_{executor},
      server_{host_key},
      options_{std::move(options)},
      tls_{std::move(tls)},
      bounds_{bounds},
      services_{services},
      shards_{shards},
      acceptor_{listen(executor, options_.address, options_.port, "listen.port")},
      introductions_{executor} {
    if (tls_) tls_acceptor_ = listen(executor, options_.address, options_.tls_port, "listen.tls_port");
}

Task<> Door::run() {
    log::info("hub.listening", {{"address", options_.address}, {"port", options_.port}, {"tls_port", options_.tls_port}});
    if (tls_acceptor_)
        co_await together(introductions_.run(), accept(acceptor_, Kind::Ssh), accept(*tls_acceptor_, Kind::Tls));
    else
        co_await together(introductions_.run(), accept(acceptor_, Kind::Ssh));
}

Task<> Door::accept(Acceptor& acceptor, Kind kind) {
    for (;;) {
        tcp::socket socket{executor_};
        tcp::endpoint peer;
        const auto [error] = co_await acceptor.async_accept(socket, peer, as_value);
        if (error) {
            log::warn("hub.accept_failed", {{"reason", error.message()}});
            co_await after(100ms);  // Out of descriptors, most likely: others may end meanwhile.
            continue;
        }
        ++services_.counts.connections;
        const auto address = peer.address().to_string();
        const auto known = parse_address(address);
        const bool is_proxy =
            known && std::ranges::any_of(options_.proxies, [&](const IpPrefix& prefix) { return prefix.contains(*known); });
        if (!is_proxy) {
            admit(std::move(socket), address, kind);
        } else if (auto place = bounds_.strangers.take("")) {  // Of no address yet: one proxy brings everybody.
            introductions_.start(introduce(std::move(socket), address, *std::move(place), kind));
        } else {
            turn_away(address);
        }
    }
}

void Door::turn_away(const std::string& address) {
    ++services_.counts.turned_away;
    log::debug("hub.full", {{"address", address}, {"strangers", strangers()}});
}

void Door::admit(tcp::socket socket, std::string address, Kind kind) {
    auto place = bounds_.strangers.take(address);
    if (!place) return turn_away(address);  // The socket closes.
    boost::system::error_code error;
    const auto protocol = socket.local_endpoint(error).protocol();
    if (error) return;  // Gone again.
    if (kind == Kind::Tls) refresh_certificate();
    auto& shard = shards_.least_busy();
    Guest guest{.socket = tcp::socket{shard.executor(), protocol, socket.release()},
                .address = std::move(address),
                .stranger = std::move(place)};
    shard.start([this, kind, guest = std::move(guest)](Shard& on) mutable {
        return kind == Kind::Tls ? serve_tls(on, std::move(guest)) : serve(on, std::move(guest));
    });
}

void Door::refresh_certificate() {
    if (const auto refreshed = tls_->refresh(); !refreshed)
        log::warn("tls.certificate_unread", {{"reason", refreshed.error().detail}});
}

Task<> Door::introduce(tcp::socket socket, std::string proxy, Places::Place place, Kind kind) {
    using namespace net::experimental::awaitable_operators;
    std::optional<wire::proxy_header::Header> header;
    {
        const auto stranger = std::move(place);
        auto outcome = co_await (read_proxy_header(socket) || after(options_.most_authenticating));
        if (outcome.index() == 0) header = std::get<0>(outcome);
    }
    if (!header) {
        ++services_.counts.handshakes_failed;
        log::debug("hub.handshake_failed", {{"address", proxy}, {"reason", "the proxy sent no header of the PROXY protocol"}});
        co_return;
    }
    admit(std::move(socket), header->source ? to_address_string(*header->source) : proxy, kind);
}

Task<> Door::serve(Shard& shard, Guest guest) {
    ssh::Stream stream{std::move(guest.socket)};
    co_await talk(shard, guest, std::move(stream));
}

Task<> Door::serve_tls(Shard& shard, Guest guest) {
    using namespace net::experimental::awaitable_operators;
    auto outcome = co_await (tls_->accept(std::move(guest.socket), options_.liveness) || after(options_.most_authenticating));
    if (outcome.index() == 1) co_return note_failed(guest, {Code::Timeout, "TLS: no handshake in time"});
    auto wire = std::move(std::get<0>(outcome));
    if (!wire) co_return note_failed(guest, wire.error());
    auto stream = wire->take_stream();
    co_await wire->carry(talk(shard, guest, std::move(stream)));
}

void Door::note_failed(const Guest& guest, const Error& why) {
    ++services_.counts.handshakes_failed;
    log::debug("hub.handshake_failed", {{"address", guest.address}, {"reason", why.detail}});
}

/// A connection's whole life. Being a stranger ends with the handshake.
Task<> Door::talk(Shard& shard, Guest& guest, ssh::Stream stream) {
    auto done = co_await handshake(guest, std::move(stream));
    guest.stranger.reset();
    if (!done) co_return note_failed(guest, done.error());
    auto session = *std::move(done);
    if (guest.enrolled->state == db::RouterState::Pending) guest.enrolled = co_await hold(shard, *session, guest);
    if (!guest.enrolled) co_return;
    Tunnel tunnel{shard.executor(), std::move(session), *std::move(guest.enrolled), guest.address, services_, shard.fleet()};
    co_await tunnel.run();
}

Task<Result<std::unique_ptr<ssh::Session>>> Door::handshake(Guest& guest, ssh::Stream stream) {
    using namespace net::experimental::awaitable_operators;
    const ssh::Rules rules{.forwards = {{.name = "sync", .port = 1}, {.name = "api", .port = 2}}, .liveness = options_.liveness};
    const ssh::Decide decider = [&](const ssh::PublicKey& key) { return decide(key, guest); };
    auto outcome =
        co_await (server_.accept(std::move(stream), guest.address, rules, decider) || after(options_.most_authenticating));
    if (outcome.index() == 1) co_return failed(Code::Timeout, "no authentication in time");
    co_return std::move(std::get<0>(outcome));
}

Task<ssh::Verdict> Door::decide(const ssh::PublicKey& key, Guest& guest) {
    const auto print = ssh::fingerprint(key);
    auto found = co_await db::find_enrolment(services_.pool, print);
    if (!found && found.error().code != Code::NotFound) {
        log::warn("router.undecided", {{"fingerprint", print}, {"address", guest.address}, {"reason", found.error().detail}});
        co_return ssh::Verdict{.reason = "the hub cannot look keys up now; come back"};
    }
    if (found && found->state == db::RouterState::Accepted) {
        guest.enrolled = *std::move(found);
        co_return ssh::Verdict{.is_accepted = true};
    }
    if (found && found->state == db::RouterState::Revoked) {
        ++services_.counts.keys_refused;
        log::warn("router.revoked", {{"router", found->router}, {"fingerprint", print}, {"address", guest.address}});
        co_return ssh::Verdict{.reason = "this key was revoked"};
    }
    co_return co_await decide_unknown(print, guest);
}

bool Door::may_show_unknown_key(const std::string& address) {
    const std::scoped_lock lock{mutex_};
    return unknown_keys_.take(address, now());
}

/// An unknown key becomes a pending router, which is held so that it can be claimed; an address that brings many is not listened
/// to.
Task<ssh::Verdict> Door::decide_unknown(const std::string& print, Guest& guest) {
    const auto refuse = [this] {
        ++services_.counts.keys_refused;
        return ssh::Verdict{.reason = "this key is not accepted yet"};
    };
    if (!may_show_unknown_key(guest.address)) {
        log::debug("router.unnoted", {{"fingerprint", print}, {"address", guest.address}});
        co_return refuse();
    }
    auto noted = co_await db::note_pending(services_.pool, print);
    if (!noted) {
        log::warn("router.undecided", {{"fingerprint", print}, {"address", guest.address}, {"reason", noted.error().detail}});
        co_return refuse();
    }
    log::info("router.pending", {{"router", noted->router}, {"fingerprint", print}, {"address", guest.address}});
    guest.pending = bounds_.pending.take(guest.address);
    if (!guest.pending) {
        log::debug("pending.full", {{"router", noted->router}, {"address", guest.address}, {"held", bounds_.pending.taken()}});
        co_return refuse();
    }
    guest.enrolled = *std::move(noted);
    co_return ssh::Verdict{.is_accepted = true};
}

/// Until somebody has the router: then its enrolment.
Task<std::optional<db::Enrolment>> Door::hold(Shard& shard, ssh::Session& session, Guest& guest) {
    const auto place = std::exchange(guest.pending, std::nullopt);
    auto print = ssh::fingerprint(session.peer_key());
    PendingRouter pending{shard.executor(), session, *std::move(guest.enrolled), std::move(print), services_, shard.fleet()};
    co_return co_await pending.run();
}

}  // namespace vivi::hub
