// Who may have something done by this router: nonces it issued, and tokens that the server's command key signed. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/time.hpp"
#include "common/model/command_token.hpp"

namespace vivi::openvivi_embedded {

/// Architecture, "Embedded API": a token is good for one request, and only with a nonce that this router issued a moment ago.
class Gate {
public:
    static constexpr std::size_t most_nonces = 64;
    static constexpr Seconds nonce_lifetime{60};

    /// `keys`: current and next; none lets nobody in.
    explicit Gate(std::vector<crypto::PublicKey> keys) : keys_{std::move(keys)} {}

    /// Takes 16 random bytes and keeps them as a nonce; beyond most_nonces the oldest is forgotten. The text is 32 hexadecimal
    /// digits.
    std::string issue(BytesView random, Instant now);

    /// What the token grants, once: its nonce is used up. Denied, with nothing used up, when there is no token, it is not for
    /// `scope`, its key is none of ours, or its nonce is unknown, used or over.
    Result<model::TokenGrant> admit(std::string_view authorization, const model::TokenScope& scope, Instant now);

private:
    struct Nonce {
        model::TokenNonce value{};
        Instant issued{};
    };

    std::vector<crypto::PublicKey> keys_;
    std::deque<Nonce> nonces_{};
};

}  // namespace vivi::openvivi_embedded
