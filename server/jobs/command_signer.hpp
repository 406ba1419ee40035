// Signs what routers are to do, and does what time alone decides about commands and roll-outs. Any number of replicas may run it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "common/core/crypto.hpp"
#include "common/runtime/signal.hpp"
#include "server/db/command_jobs.hpp"
#include "server/live/notices.hpp"

namespace vivi::jobs {

/// The key of `commands.key_file`: 43 characters of base64url on a line of its own, as vivi-admin command-key writes it.
Result<crypto::SigningKey> parse_command_key(std::string_view text);

/// The token for a command that waits for one: the request is made here, from the kind and the parameters; nothing of it comes
/// from the hub but nonce and boot id. Invalid: it is no command.
Result<std::string> sign_command(const db::Unsigned& command, const crypto::SigningKey& key);

class CommandSigner {
public:
    /// `api` and `staff` are pools of these roles; all outlive it. Without a key nothing is signed.
    CommandSigner(net::any_io_executor executor, db::Pool& api, db::Pool& staff, live::Notices& notices,
                  std::optional<crypto::SigningKey> key);

    /// A command waits for its token (live::signing_pattern).
    void look();
    /// Signs when it was woken, and every 5 s in any case; then commands expire and roll-outs go on. Never ends by itself.
    Task<> run();
    /// Once.
    Task<> sign_all();
    Task<> settle();

private:
    Task<> tell(std::vector<db::Settled> routers);

    db::Pool& api_;
    db::Pool& staff_;
    live::Notices& notices_;
    std::optional<crypto::SigningKey> key_;
    Signal news_;
    bool is_news_ = false;
};

}  // namespace vivi::jobs
