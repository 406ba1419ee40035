// Issuing nonces and checking tokens.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/gate.hpp"

#include <algorithm>
#include <cassert>

namespace vivi::openvivi_embedded {

std::string Gate::issue(BytesView random, Instant now) {
    Nonce nonce{.issued = now};
    assert(random.size() == nonce.value.size());
    std::ranges::copy(random, nonce.value.begin());
    if (nonces_.size() == most_nonces) nonces_.pop_front();
    nonces_.push_back(nonce);
    return crypto::to_hex(nonce.value);
}

Result<model::TokenGrant> Gate::admit(std::string_view authorization, const model::TokenScope& scope, Instant now) {
    if (authorization.empty()) return failed(Code::Denied, "this needs a token");
    if (keys_.empty()) return failed(Code::Denied, "commands.keys is empty: nobody may command this router");
    auto token = model::parse_token(authorization);
    if (!token) return failed(Code::Denied, token.error().detail);
    const auto nonce =
        std::ranges::find_if(nonces_, [&](const Nonce& known) { return crypto::equal(known.value, token->grant.nonce); });
    const auto lifetime = std::min(token->grant.lifetime, nonce_lifetime);
    if (nonce == nonces_.end()) return failed(Code::Denied, "the token's nonce is not one of this router's, or was used");
    if (now - nonce->issued >= lifetime) return failed(Code::Denied, "the token is over");
    if (const auto verified = model::verify_token(*token, scope, keys_); !verified) return std::unexpected{verified.error()};
    nonces_.erase(nonce);
    return std::move(token->grant);
}

}  // namespace vivi::openvivi_embedded
