// The handshake as a server: libssh's key exchange, then authentication from its message queue.
// SPDX-License-Identifier: Apache-2.0
#define SSH_SUPPRESS_DEPRECATED \
    1  // The callbacks that replace the message queue want the answer at once; ours comes from a database.
#include "common/ssh/server.hpp"

#include <unistd.h>

#include "common/runtime/daemon.hpp"
#include "common/ssh/algorithms.hpp"
#include "common/ssh/link.hpp"

namespace vivi::ssh {
namespace {

constexpr int most_signatures = 3;
constexpr int most_requests = 30;  // Probes included: a client with a full agent offers many keys.

struct MessageFree {
    void operator()(ssh_message_struct* message) const noexcept { ssh_message_free(message); }
};
using Message = std::unique_ptr<ssh_message_struct, MessageFree>;

Result<PublicKey> key_of(ssh_message message) {
    char* base64 = nullptr;
    const auto key = ssh_message_auth_pubkey(message);
    if (key == nullptr || ssh_key_type(key) != SSH_KEYTYPE_ED25519 || ssh_pki_export_pubkey_base64(key, &base64) != SSH_OK)
        return failed(Code::Invalid, "not an ed25519 key");
    const auto line = std::string{"ssh-ed25519 "} + base64;
    ssh_string_free_char(base64);
    return parse_public_key(line);
}

/// RFC 4252 section 7, one connection.
class Authentication {
public:
    Authentication(Link& link, const Decide& decide) : link_{link}, decide_{decide} {}

    Task<Status> run() {
        for (int requests = 0; requests < most_requests && signatures_ < most_signatures;) {
            const Message message{ssh_message_get(link_.raw())};
            if (!message) {
                // After a message that nobody may send yet libssh stays connected and reads nothing more.
                if (ssh_is_connected(link_.raw()) == 0 || (ssh_get_status(link_.raw()) & (SSH_CLOSED | SSH_CLOSED_ERROR)) != 0)
                    co_return failed(Code::Unavailable, "left before it had authenticated: " + link_.last_error());
                co_await link_.ready();
                continue;
            }
            ++requests;
            if (co_await answer(message.get())) co_return Status{};
        }
        co_return failed(Code::Denied, refusal_);
    }

private:
    Task<bool> answer(ssh_message message) {
        const bool is_public_key = ssh_message_type(message) == SSH_REQUEST_AUTH &&
                                   ssh_message_subtype(message) == static_cast<int>(SSH_AUTH_METHOD_PUBLICKEY);
        if (!is_public_key) {
            ssh_message_auth_set_methods(message, SSH_AUTH_METHOD_PUBLICKEY);
            ssh_message_reply_default(message);
            co_return false;
        }
        auto key = key_of(message);
        const auto* user = ssh_message_auth_user(message);
        const auto proof = ssh_message_auth_publickey_state(message);
        if (!key || user == nullptr || std::string_view{user} != "router") {
            refusal_ = key ? "wrong user name; it must be `router`" : key.error().detail;
        } else if (proof ==
                   SSH_PUBLICKEY_STATE_NONE) {  // "Would you take this key?": every key may try, so nothing is given away.
            ssh_message_auth_reply_pk_ok_simple(message);
            co_return false;
        } else if (proof == SSH_PUBLICKEY_STATE_VALID) {
            ++signatures_;
            const auto verdict = co_await decide_(*key);
            if (verdict.is_accepted) {
                link_.peer_key = *std::move(key);
                link_.serve_requests();  // Before the answer: what follows it may already be on its way.
                ssh_message_auth_reply_success(message, 0);
                link_.pump();
                co_return true;
            }
            refusal_ = verdict.reason;
        } else {
            ++signatures_;
            refusal_ = "wrong signature";
        }
        ssh_message_auth_set_methods(message, SSH_AUTH_METHOD_PUBLICKEY);
        ssh_message_reply_default(message);
        co_return false;
    }

    Link& link_;
    const Decide& decide_;
    int signatures_ = 0;
    std::string refusal_ = "no key was accepted";
};

}  // namespace

void Server::Free::operator()(ssh_bind_struct* bind) const noexcept { ssh_bind_free(bind); }

Server::Server(const PrivateKey& host_key) : bind_{ssh_bind_new()} {
    const bool no = false;
    auto* bind = bind_.get();
    const auto key = ssh_key_dup(host_key.handle());  // The bind owns it from here.
    const bool taken = ssh_bind_options_set(bind, SSH_BIND_OPTIONS_PROCESS_CONFIG, &no) == 0 &&
                       ssh_bind_options_set(bind, SSH_BIND_OPTIONS_IMPORT_KEY, key) == 0 &&
                       ssh_bind_options_set(bind, SSH_BIND_OPTIONS_HOSTKEY_ALGORITHMS, algorithms::keys) == 0 &&
                       ssh_bind_options_set(bind, SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES, algorithms::keys) == 0 &&
                       ssh_bind_options_set(bind, SSH_BIND_OPTIONS_KEY_EXCHANGE, algorithms::key_exchange) == 0 &&
                       ssh_bind_options_set(bind, SSH_BIND_OPTIONS_CIPHERS_C_S, algorithms::ciphers) == 0 &&
                       ssh_bind_options_set(bind, SSH_BIND_OPTIONS_CIPHERS_S_C, algorithms::ciphers) == 0;
    if (!taken) throw Fatal{Error{Code::Internal, std::string{"libssh does not take the host key: "} + ssh_get_error(bind)}};
}

Server::~Server() = default;

Status Server::take(ssh_session_struct* session, int fd) {
    const std::scoped_lock lock{mutex_};
    if (session != nullptr && ssh_bind_accept_fd(bind_.get(), session, fd) == SSH_OK) return {};
    ::close(fd);
    return failed(Code::Internal, std::string{"libssh does not take the connection: "} + ssh_get_error(bind_.get()));
}

Task<Result<std::unique_ptr<Session>>> Server::accept(Stream socket, std::string peer, Rules rules, Decide decide) {
    const auto executor = co_await net::this_coro::executor;
    SessionHandle session{ssh_new()};
    const int fd = socket.release();
    if (auto taken = take(session.get(), fd); !taken) co_return std::unexpected{std::move(taken).error()};
    auto link = std::make_unique<Link>(executor, std::move(session), fd, End::Hub, std::move(rules), std::move(peer));
    ssh_set_auth_methods(link->raw(), SSH_AUTH_METHOD_PUBLICKEY);
    for (;;) {
        const int result = ssh_handle_key_exchange(link->raw());
        if (result == SSH_OK) break;
        if (result != SSH_AGAIN) co_return failed(Code::Unavailable, "key exchange: " + link->last_error());
        co_await link->ready();
    }
    Authentication authentication{*link, decide};
    const auto authenticated = co_await authentication.run();
    if (!authenticated) {
        link->disconnect(authenticated.error().detail);
        co_return std::unexpected{authenticated.error()};
    }
    co_return std::make_unique<Session>(std::move(link));
}

}  // namespace vivi::ssh
