// A query's header, question and OPT, by the RFCs that say what may be in them.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/question.hpp"

#include <algorithm>

namespace vivi::dnsd {
namespace {

using namespace wire::dns;  // NOLINT: the words of this file.

constexpr std::size_t most_over_tcp = 65'535;

/// Types that can be forwarded: data, and ANY (RFC 8482 answers it). Of the others 251 and 252 are transfers, 253 and 254 are
/// obsolete, 249 and 250 are no questions (RFC 6895 section 3.1: 128 to 255 are meta types).
bool is_served(std::uint16_t type) noexcept { return type != 0 && type != type::opt && (type < 128 || type > 254); }

}  // namespace

Reading read_question(BytesView bytes, Transport transport, Message& message, Asked& asked) {
    const auto header = read_header(bytes);
    if (!header || (header->flags & flag::qr) != 0) return Reading::Silence;
    asked.id = header->id;
    asked.flags = header->flags;
    if ((header->flags & flag::opcode) != 0) return Reading::NotImp;
    if (!parse_message(bytes, message)) return Reading::FormErr;

    asked.question = message.question;
    asked.has_edns = message.edns.has_value();
    asked.dnssec_ok = asked.has_edns && message.edns->dnssec_ok;
    asked.most_bytes = plain_payload;
    if (asked.has_edns) asked.most_bytes = std::clamp(message.edns->payload, plain_payload, udp_payload);
    if (transport == Transport::Tcp) asked.most_bytes = most_over_tcp;
    if (asked.has_edns && message.edns->version != 0) return Reading::BadVers;
    if (asked.question.klass != class_in || !is_served(asked.question.type)) return Reading::Refused;
    if (header->counts[1] != 0 || header->counts[2] != 0) return Reading::FormErr;  // Only a transfer asks with records.
    // A name with more escapes than text has room for is no host's, and could hide a denied name behind it.
    return asked.question.name.text(asked.name) ? Reading::Question : Reading::Refused;
}

}  // namespace vivi::dnsd
