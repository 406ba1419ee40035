// The embedded API of a simulated router: nonces that are good once, tokens that are verified, commands that are done once and
// whose outcome is made up. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/core/crypto.hpp"
#include "common/http/message.hpp"
#include "common/model/event.hpp"

namespace vivi::sim {

/// No I/O, no clock: everything it does is over when it answers.
class EmbeddedApi {
public:
    /// Who asks and of which router. `keys` sign commands; none: every command is refused.
    struct Scope {
        std::string fingerprint{}, custody{}, boot_id{};
        const std::vector<crypto::PublicKey>& keys;
    };

    http::Response answer(const http::Request& request, const Scope& scope);
    /// The last answer was to a reboot that has begun: the connection is about to go. Once.
    bool take_reboot() { return std::exchange(reboots_, false); }
    /// Of how many commands it remembers the outcome.
    std::size_t done() const noexcept { return commands_.size(); }

private:
    http::Response give_nonce(const Scope& scope);
    http::Response carry_out(const http::Request& request, const Scope& scope);

    std::set<std::string> nonces_{};
    std::map<std::string, model::Json> commands_{};  // Their documents, by id.
    bool reboots_ = false;
};

}  // namespace vivi::sim
