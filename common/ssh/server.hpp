// The hub's end of a connection: host key, handshake, and who may come in.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "common/ssh/keys.hpp"
#include "common/ssh/session.hpp"

struct ssh_bind_struct;
struct ssh_session_struct;

namespace vivi::ssh {

/// Whether the holder of a key (proven by its signature) may come in; `reason` is for the log.
struct Verdict {
    bool is_accepted = false;
    std::string reason{};
};
/// May wait (a look into PostgreSQL): nothing of the peer is read meanwhile.
using Decide = std::function<Task<Verdict>(const PublicKey& key)>;

/// Makes sessions of accepted sockets. It may be used for many at once, and on many loops: a session belongs to the loop that
/// accept() runs on.
class Server {
public:
    /// Throws Fatal when libssh does not take the key.
    explicit Server(const PrivateKey& host_key);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Key exchange and public-key authentication as user `router`, at most three signatures. Does not block the loop: libssh
    /// works as bytes come. The caller gives it a deadline and bounds how many run at once. Denied when `decide` said no.
    Task<Result<std::unique_ptr<Session>>> accept(Stream socket, std::string peer, Rules rules, Decide decide);

private:
    /// Gives `fd` to the session, or closes it.
    Status take(ssh_session_struct* session, int fd);
    struct Free {
        void operator()(ssh_bind_struct* bind) const noexcept;
    };
    std::mutex mutex_{};
    std::unique_ptr<ssh_bind_struct, Free> bind_;  // Guarded by mutex_: libssh's is for one thread at a time.
};

}  // namespace vivi::ssh
