// The handshake as a client, step by step on the loop.
// SPDX-License-Identifier: Apache-2.0
#include "common/ssh/client.hpp"

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <charconv>

#include "common/ssh/algorithms.hpp"
#include "common/ssh/link.hpp"

namespace vivi::ssh {
namespace {

Result<PublicKey> shown_key(ssh_session session) {
    ssh_key key = nullptr;
    if (ssh_get_server_publickey(session, &key) != SSH_OK) return failed(Code::Unavailable, "the hub showed no key");
    char* base64 = nullptr;
    const int exported = ssh_pki_export_pubkey_base64(key, &base64);
    ssh_key_free(key);
    if (exported != SSH_OK) return failed(Code::Unavailable, "the hub showed no readable key");
    const auto line = std::string{"ssh-ed25519 "} + base64;
    ssh_string_free_char(base64);
    return parse_public_key(line);
}

bool set_options(ssh_session session, int fd, const std::string& user) {
    const bool no = false;
    return ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &no) == SSH_OK &&
           ssh_options_set(session, SSH_OPTIONS_HOST, "hub") ==
               SSH_OK &&  // A name for libssh's own messages; it never resolves it.
           ssh_options_set(session, SSH_OPTIONS_USER, user.c_str()) == SSH_OK &&
           ssh_options_set(session, SSH_OPTIONS_FD, &fd) == SSH_OK &&
           ssh_options_set(session, SSH_OPTIONS_HOSTKEYS, algorithms::keys) == SSH_OK &&
           ssh_options_set(session, SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES, algorithms::keys) == SSH_OK &&
           ssh_options_set(session, SSH_OPTIONS_KEY_EXCHANGE, algorithms::key_exchange) == SSH_OK &&
           ssh_options_set(session, SSH_OPTIONS_CIPHERS_C_S, algorithms::ciphers) == SSH_OK &&
           ssh_options_set(session, SSH_OPTIONS_CIPHERS_S_C, algorithms::ciphers) == SSH_OK;
}

Task<Status> exchange_keys(Link& link, const std::vector<PublicKey>& pinned) {
    for (;;) {
        const int result = ssh_connect(link.raw());
        if (result == SSH_OK) break;
        if (result != SSH_AGAIN) co_return failed(Code::Unavailable, "key exchange: " + link.last_error());
        co_await link.ready();
    }
    auto shown = shown_key(link.raw());
    if (!shown) co_return std::unexpected{std::move(shown).error()};
    if (std::ranges::find(pinned, *shown) == pinned.end())
        co_return failed(Code::Denied, "the hub's key is not one of those pinned: it shows " + fingerprint(*shown) +
                                           "; if it was changed on purpose, add its public key to the file of pinned keys");
    link.peer_key = *std::move(shown);
    co_return Status{};
}

Task<Status> authenticate(Link& link, const PrivateKey& identity) {
    for (;;) {
        const int result = ssh_userauth_publickey(link.raw(), nullptr, identity.handle());
        if (result == SSH_AUTH_SUCCESS) co_return Status{};
        if (result == SSH_AUTH_ERROR) co_return failed(Code::Unavailable, "authentication: " + link.last_error());
        if (result != SSH_AUTH_AGAIN)
            co_return failed(Code::Denied, "the hub refuses this router's key " + fingerprint(identity.public_key()) +
                                               ": it is not accepted yet, or it was revoked");
        co_await link.ready();
    }
}

Task<Status> request_forward(Link& link, Forward forward) {
    for (;;) {
        const int result = ssh_channel_listen_forward(link.raw(), forward.name.c_str(), forward.port, nullptr);
        if (result == SSH_OK) co_return Status{};
        if (result != SSH_AGAIN)
            co_return failed(Code::Denied, "the hub refuses the forward " + to_string(forward) + ": " + link.last_error());
        co_await link.ready();
    }
}

}  // namespace

Result<Address> parse_address(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return failed(Code::Invalid, std::string{text} + ": must be host:port");
    auto host = text.substr(0, colon);
    const auto digits = text.substr(colon + 1);
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    else if (host.contains(':'))
        return failed(Code::Invalid, std::string{text} + ": an IPv6 address must be in brackets");
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (host.empty() || error != std::errc{} || end != digits.data() + digits.size() || port == 0)
        return failed(Code::Invalid, std::string{text} + ": must be host:port with a port of 1..65535");
    return Address{.host = std::string{host}, .port = port};
}

Task<Result<net::ip::tcp::socket>> dial(Address address) {
    const auto executor = co_await net::this_coro::executor;
    net::ip::tcp::socket socket{executor};
    const auto where = address.host + ':' + std::to_string(address.port);
    net::ip::tcp::resolver resolver{executor};
    const auto [unresolved, found] = co_await resolver.async_resolve(address.host, std::to_string(address.port), as_value);
    if (unresolved) co_return failed(Code::Unavailable, where + ": the name is not known here: " + unresolved.message());
    const auto [unreachable, endpoint] = co_await net::async_connect(socket, found, as_value);
    if (unreachable) co_return failed(Code::Unavailable, where + ": " + unreachable.message());
    co_return socket;
}

Task<Result<std::unique_ptr<Session>>> connect(Stream socket, std::string peer, Credentials credentials, Rules rules) {
    const auto executor = co_await net::this_coro::executor;
    SessionHandle session{ssh_new()};
    const int fd = socket.release();
    if (session == nullptr || !set_options(session.get(), fd, credentials.user))
        co_return failed(Code::Internal, "libssh: no session");
    auto link = std::make_unique<Link>(executor, std::move(session), fd, End::Router, std::move(rules), std::move(peer));
    auto done = co_await exchange_keys(*link, credentials.hub_keys);
    if (done) done = co_await authenticate(*link, credentials.identity);
    if (!done) co_return std::unexpected{std::move(done).error()};
    link->serve_requests();
    for (const auto& forward : link->rules.forwards) {
        link->forwards.insert(forward);  // Before the hub has it, so that a channel opened at once is taken.
        const auto granted = co_await request_forward(*link, forward);
        if (!granted) co_return std::unexpected{granted.error()};
    }
    co_return std::make_unique<Session>(std::move(link));
}

}  // namespace vivi::ssh
