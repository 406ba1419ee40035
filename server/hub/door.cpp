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

tcp::acceptor listen(const net::any_io_executor& executor, const DoorOptions& options) {
    const auto where = options.address + ':' + std::to_string(options.port);
    boost::system::error_code error;
    const auto address = net::ip::make_address(options.address, error);
    if (error)
        throw Fatal{Error{Code::Invalid, "listen.address: " + options.address + " is not an address"}, Exit::Configuration};
    try {
        return {executor, tcp::endpoint{address, options.port}};
    } catch (const boost::system::system_error& failure) {
        throw Fatal{Error{Code::Conflict,
                          where + ": cannot listen: " + failure.code().message() + "; free the port or change listen.port"}};
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

Door::Door(net::any_io_executor executor, const ssh::PrivateKey& host_key, DoorOptions options, Services& services, Fleet& fleet)
    : executor_{executor},
      server_{host_key},
      options_{std::move(options)},
      services_{services},
      fleet_{fleet},
      acceptor_{listen(executor, options_)},
      guests_{executor} {}

Task<> Door::run() {
    log::info("hub.listening", {{"address", options_.address}, {"port", options_.port}});
    co_await together(guests_.run(), accept());
}

Task<> Door::accept() {
    for (;;) {
        tcp::socket socket{executor_};
        tcp::endpoint peer;
        const auto [error] = co_await acceptor_.async_accept(socket, peer, as_value);
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
        if (is_proxy && strangers_ < options_.most_strangers)
            guests_.start(introduce(std::move(socket), address));
        else if (!is_proxy)
            admit(std::move(socket), address);
        else
            turn_away(address);
    }
}

void Door::turn_away(const std::string& address) {
    ++services_.counts.turned_away;
    log::debug("hub.full", {{"address", address}, {"strangers", strangers_}});
}

void Door::admit(tcp::socket socket, std::string address) {
    const auto of_address = strangers_of_.find(address);
    const bool is_full = strangers_ >= options_.most_strangers ||
                         (of_address != strangers_of_.end() && of_address->second >= options_.most_strangers_of_address);
    if (is_full) return turn_away(address);  // The socket closes.
    guests_.start(serve(std::move(socket), std::move(address)));
}

Task<> Door::introduce(tcp::socket socket, std::string proxy) {
    using namespace net::experimental::awaitable_operators;
    ++strangers_;  // Of no address yet: one proxy brings everybody.
    auto outcome = co_await (read_proxy_header(socket) || after(options_.most_authenticating));
    --strangers_;
    if (outcome.index() == 1 || !std::get<0>(outcome)) {
        ++services_.counts.handshakes_failed;
        log::debug("hub.handshake_failed", {{"address", proxy}, {"reason", "the proxy sent no header of the PROXY protocol"}});
        co_return;
    }
    const auto& source = std::get<0>(outcome)->source;
    admit(std::move(socket), source ? to_address_string(*source) : proxy);
}

/// A connection's whole life. Being a stranger ends with the handshake.
Task<> Door::serve(tcp::socket socket, std::string address) {
    struct Stranger {
        Door& door;
        const std::string& address;
        Stranger(Door& at, const std::string& from) : door{at}, address{from} {
            ++door.strangers_;
            ++door.strangers_of_[address];
        }
        ~Stranger() {
            --door.strangers_;
            if (--door.strangers_of_[address] == 0) door.strangers_of_.erase(address);
        }
    };
    std::optional<db::Enrolment> enrolled;
    std::unique_ptr<ssh::Session> session;
    {
        const Stranger stranger{*this, address};
        auto done = co_await handshake(std::move(socket), address, enrolled);
        if (!done) {
            ++services_.counts.handshakes_failed;
            log::debug("hub.handshake_failed", {{"address", address}, {"reason", done.error().detail}});
            co_return;
        }
        session = *std::move(done);
    }
    if (enrolled->state == db::RouterState::Pending) enrolled = co_await hold(*session, *std::move(enrolled), address);
    if (!enrolled) co_return;
    Tunnel tunnel{executor_, std::move(session), *std::move(enrolled), address, services_, fleet_};
    co_await tunnel.run();
}

Task<Result<std::unique_ptr<ssh::Session>>> Door::handshake(tcp::socket socket, const std::string& address,
                                                            std::optional<db::Enrolment>& enrolled) {
    using namespace net::experimental::awaitable_operators;
    const ssh::Rules rules{.forwards = {{.name = "sync", .port = 1}, {.name = "api", .port = 2}}, .liveness = options_.liveness};
    const ssh::Decide decider = [&](const ssh::PublicKey& key) { return decide(key, address, enrolled); };
    auto outcome = co_await (server_.accept(std::move(socket), address, rules, decider) || after(options_.most_authenticating));
    if (outcome.index() == 1) co_return failed(Code::Timeout, "no authentication in time");
    co_return std::move(std::get<0>(outcome));
}

Task<ssh::Verdict> Door::decide(const ssh::PublicKey& key, const std::string& address, std::optional<db::Enrolment>& enrolled) {
    const auto print = ssh::fingerprint(key);
    auto found = co_await db::find_enrolment(services_.pool, print);
    if (!found && found.error().code != Code::NotFound) {
        log::warn("router.undecided", {{"fingerprint", print}, {"address", address}, {"reason", found.error().detail}});
        co_return ssh::Verdict{.reason = "the hub cannot look keys up now; come back"};
    }
    if (found && found->state == db::RouterState::Accepted) {
        enrolled = *std::move(found);
        co_return ssh::Verdict{.is_accepted = true};
    }
    if (found && found->state == db::RouterState::Revoked) {
        ++services_.counts.keys_refused;
        log::warn("router.revoked", {{"router", found->router}, {"fingerprint", print}, {"address", address}});
        co_return ssh::Verdict{.reason = "this key was revoked"};
    }
    co_return co_await decide_unknown(print, address, enrolled);
}

/// An unknown key becomes a pending router, which is held so that it can be claimed; an address that brings many is not listened
/// to.
Task<ssh::Verdict> Door::decide_unknown(const std::string& print, const std::string& address,
                                        std::optional<db::Enrolment>& enrolled) {
    const auto refuse = [this] {
        ++services_.counts.keys_refused;
        return ssh::Verdict{.reason = "this key is not accepted yet"};
    };
    if (!unknown_keys_.take(address, now())) {
        log::debug("router.unnoted", {{"fingerprint", print}, {"address", address}});
        co_return refuse();
    }
    auto noted = co_await db::note_pending(services_.pool, print);
    if (!noted) {
        log::warn("router.undecided", {{"fingerprint", print}, {"address", address}, {"reason", noted.error().detail}});
        co_return refuse();
    }
    log::info("router.pending", {{"router", noted->router}, {"fingerprint", print}, {"address", address}});
    const auto of_address = pending_of_.find(address);
    const bool is_full = fleet_.pending() >= options_.most_pending ||
                         (of_address != pending_of_.end() && of_address->second >= options_.most_pending_of_address);
    if (is_full) {
        log::debug("pending.full", {{"router", noted->router}, {"address", address}, {"held", fleet_.pending()}});
        co_return refuse();
    }
    enrolled = *std::move(noted);
    co_return ssh::Verdict{.is_accepted = true};
}

/// Until somebody has the router: then its enrolment.
Task<std::optional<db::Enrolment>> Door::hold(ssh::Session& session, db::Enrolment enrolled, std::string address) {
    struct Place {
        std::unordered_map<std::string, std::size_t>& all;
        const std::string& address;
        Place(std::unordered_map<std::string, std::size_t>& of, const std::string& from) : all{of}, address{from} {
            ++all[address];
        }
        ~Place() {
            if (--all[address] == 0) all.erase(address);
        }
    };
    const Place place{pending_of_, address};
    auto print = ssh::fingerprint(session.peer_key());
    PendingRouter pending{executor_, session, std::move(enrolled), std::move(print), services_, fleet_};
    co_return co_await pending.run();
}

}  // namespace vivi::hub
