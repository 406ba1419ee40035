// Who may change something at the router itself: whoever typed the PIN printed on the box, for a while. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/crypto.hpp"
#include "common/core/result.hpp"
#include "common/core/time.hpp"

namespace vivi::openvivi_embedded {

/// PBKDF2 with HMAC-SHA-256 (RFC 8018 section 5.2), one block. 100,000 rounds take some tens of milliseconds: not on the loop.
crypto::Sha256 pbkdf2(BytesView password, BytesView salt, std::uint32_t rounds);

/// What the PIN's file holds: "pbkdf2-sha256 <rounds> <salt> <hash>", salt and hash in hexadecimal; deploy/router/lib/set-pin
/// writes it.
struct PinHash {
    std::uint32_t rounds = 0;
    Bytes salt{};
    crypto::Sha256 hash{};
};
std::optional<PinHash> parse_pin_hash(std::string_view text);
/// In constant time but for the length of `typed`; spaces and dashes in it do not count.
bool is_pin(std::string_view typed, const PinHash& pin);

/// Counts attempts and keeps sessions. Eight digits and five attempts in five minutes: about 140 years for half of them.
class PinGate {
public:
    static constexpr std::size_t most_attempts = 5;
    static constexpr Seconds attempts_within{300};
    static constexpr Seconds session_lifetime{900};  ///< Without use.
    static constexpr std::size_t most_sessions = 8;

    /// False: too many were wrong; the typed PIN must not even be looked at. Counts this one.
    bool may_try(Instant now);
    /// The PIN was right: earlier attempts are forgotten; a new session's token, made of 32 random bytes.
    std::string open(BytesView random, Instant now);
    /// Whether `token` is of a session; it is then good for another while.
    bool is_open(std::string_view token, Instant now);
    void close(std::string_view token);

private:
    struct Session {
        crypto::Sha256 token{};  ///< Hashed: what is compared is no secret.
        Instant until{};
    };

    std::deque<Instant> attempts_{};
    std::vector<Session> sessions_{};
};

}  // namespace vivi::openvivi_embedded
