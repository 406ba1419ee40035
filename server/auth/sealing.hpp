// Secrets at rest: XChaCha20-Poly1305 under a key from a file. Pure but for randomness.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/core/result.hpp"

namespace vivi::auth {

class Sealing {
public:
    static constexpr std::size_t key_bytes = 32;

    /// Without a key: seals and opens nothing.
    Sealing() = default;
    /// One key a line, 64 hexadecimal digits; empty lines and those that begin with # count for nothing. The first seals, all
    /// open: a new key is put in front, the old one goes when nothing is sealed with it any more.
    static Result<Sealing> parse(std::string_view text);

    bool is_ready() const noexcept { return !keys_.empty(); }
    /// Key number (4 bytes), nonce (24), sealed bytes. `owner` must be the same when it is opened: a secret cannot be moved to
    /// another account. Needs a key.
    Bytes seal(BytesView secret, std::string_view owner) const;
    /// Nothing: no key fits, or it was tampered with.
    std::optional<Bytes> open(BytesView sealed, std::string_view owner) const;

private:
    std::vector<Bytes> keys_;
};

}  // namespace vivi::auth
