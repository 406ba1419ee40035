// What a client asks: one question, how long an answer may be, and whether it may be explained; or what is wrong with it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "common/core/bytes.hpp"
#include "common/wire/dns_message.hpp"
#include "common/wire/name.hpp"
#include "router/dnsd/decisions.hpp"

namespace vivi::dnsd {

struct Asked {
    std::uint16_t id = 0;
    std::uint16_t flags = 0;         ///< As sent; RD, CD and AD matter.
    wire::dns::Question question{};  ///< Its case is kept: the answer repeats it.
    wire::Name name{};               ///< Normalised.
    bool has_edns = false;
    bool dnssec_ok = false;                             ///< DO, RFC 3225.
    std::size_t most_bytes = wire::dns::plain_payload;  ///< Of the answer.
};

enum class Reading : std::uint8_t {
    Question,  ///< `asked` is complete.
    Silence,   ///< A response, or too short for a header: an answer could begin a loop or hit a stranger.
    FormErr,   ///< Only `id` and `flags` can be answered to.
    NotImp,    ///< Another opcode (RFC 1035 section 4.1.1); likewise.
    BadVers,   ///< EDNS of another version (RFC 6891 section 6.1.3); the question is there.
    Refused,   ///< A class or type that is not served here; the question is there.
};

/// `message` is room for the parser, used again and again. Options of EDNS are checked for their lengths and not looked at: a
/// client's subnet (RFC 7871), cookies and padding end here.
Reading read_question(BytesView bytes, Transport transport, wire::dns::Message& message, Asked& asked);

}  // namespace vivi::dnsd
