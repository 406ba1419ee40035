// SSH inside TLS, for networks where nothing but port 443 passes. The keys of SSH decide as always who is who.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>
#include <vector>

#include "common/ssh/session.hpp"

namespace vivi::ssh {

/// A TLS connection, and a socket whose bytes it carries.
class TlsWire {
public:
    struct State;
    explicit TlsWire(std::unique_ptr<State> state);
    TlsWire(TlsWire&&) noexcept;
    TlsWire& operator=(TlsWire&&) noexcept;
    ~TlsWire();

    /// What libssh gets. Once; bytes move while carry() runs.
    Stream take_stream();
    /// Carries while `user` runs. What the user said last is given a second to leave; what it threw is rethrown.
    Task<> carry(Task<> user);

private:
    std::unique_ptr<State> state_;
};

/// The hub's end. A renewed certificate is taken without a restart.
class TlsServer {
public:
    /// PEM: the certificate with its chain, and its private key. Invalid says which of them cannot be used.
    static Result<TlsServer> load(std::string certificate_file, std::string key_file);
    TlsServer(TlsServer&&) noexcept;
    TlsServer& operator=(TlsServer&&) noexcept;
    ~TlsServer();

    /// Looks whether the files have changed; those that cannot be used leave what there is.
    Status refresh();
    /// The handshake (TLS 1.2 or 1.3), on the loop of `socket`, any thread's. The caller gives it a deadline.
    Task<Result<TlsWire>> accept(net::ip::tcp::socket socket, Liveness liveness) const;

private:
    struct State;
    explicit TlsServer(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// Whom the router takes for the hub's TLS end.
struct TlsTrust {
    std::string authorities_file{};   ///< PEM; empty: those of the system.
    std::vector<std::string> pins{};  ///< "sha256:" and the hash of a public key (SubjectPublicKeyInfo, DER) in hexadecimal.
};
/// 64 hexadecimal digits after "sha256:"?
bool is_pin(std::string_view text);

class TlsClient {
public:
    /// Invalid when the file cannot be used. With pins the certificate's key must be one of them, and nobody is asked for the
    /// rest; without, an authority must vouch for it and for the host's name.
    static Result<TlsClient> make(TlsTrust trust);
    TlsClient(TlsClient&&) noexcept;
    TlsClient& operator=(TlsClient&&) noexcept;
    ~TlsClient();

    /// The handshake. Invalid: somebody else's certificate. The caller gives it a deadline.
    Task<Result<TlsWire>> connect(net::ip::tcp::socket socket, std::string host, Liveness liveness) const;

private:
    struct State;
    explicit TlsClient(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace vivi::ssh
