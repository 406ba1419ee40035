// Answers that are made here: errors, blocked names, special and local names; with their explanation (RFC 8914).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "common/core/net.hpp"
#include "common/model/configuration.hpp"
#include "common/policy/verdict.hpp"
#include "common/wire/dns_message_writer.hpp"
#include "router/dnsd/question.hpp"

namespace vivi::dnsd {

/// INFO-CODEs of RFC 8914 section 4 that dnsd uses.
enum class Ede : std::uint16_t {
    Other = 0,
    Blocked = 15,       ///< A rule of the event, a category, a list, the mode, a name special to the configuration, rebinding.
    Filtered = 17,      ///< A rule of the device's own or of its group.
    Prohibited = 18,    ///< The device: banned, or new and not admitted.
    NetworkError = 23,  ///< No upstream answered.
};
/// 16 (Censored) is for demands from outside, which Vivi does not know.
Ede code_of(policy::Layer layer) noexcept;

struct Explanation {
    Ede code = Ede::Other;
    std::string_view text{};  ///< EXTRA-TEXT; at most `most_explanation` octets of it are sent.
};
inline constexpr std::size_t most_explanation = 96;

/// The EDE option (RFC 8914 section 2: code, length, INFO-CODE, EXTRA-TEXT) of an explanation; nothing without one.
class EdeOption {
public:
    static constexpr std::uint16_t code = 15;
    explicit EdeOption(const std::optional<Explanation>& explanation) noexcept;
    BytesView octets() const noexcept { return std::span{octets_}.first(size_); }

private:
    std::array<std::byte, 6 + most_explanation> octets_{};
    std::size_t size_ = 0;
};

/// For how long a client may remember a blocked answer: a rule's end takes effect after that.
inline constexpr std::uint32_t blocked_ttl = 10;
/// … and a local name, whose lease may end.
inline constexpr std::uint32_t local_ttl = 60;
/// Header, question, and OPT with an explanation always fit in this.
inline constexpr std::size_t least_room = wire::dns::header_bytes + 259 + 11 + 6 + most_explanation;

/// One answer in the making. OPT is added at the end when the client sent one; without it there is no explanation.
class Reply {
public:
    Reply(std::span<std::byte> room, const Asked& asked, std::optional<Explanation> explanation = {});

    wire::dns::MessageWriter& records() noexcept { return writer_; }
    /// Whether `added` by the writer; once something did not fit, the answer is cut (TC) and empty, RFC 2181 section 9.
    Reply& put(bool added) noexcept {
        fits_ = fits_ && added;
        return *this;
    }
    /// The asked name does not exist, or has nothing of that type: SOA for negative caching (RFC 2308 section 3), the asked name
    /// as its zone.
    Reply& nothing(std::uint32_t ttl) noexcept;
    Reply& authoritative() noexcept;
    bool is_cut() const noexcept { return !fits_; }
    /// The size of the message.
    std::size_t finish(std::uint16_t rcode) noexcept;

private:
    const Asked& asked_;
    std::optional<Explanation> explanation_;
    wire::dns::MessageWriter writer_;
    bool fits_ = true;
};

/// 12 bytes: for what has no question that could be repeated.
std::size_t write_header_only(std::span<std::byte> room, const Asked& asked, std::uint16_t rcode);

/// What a denied name is answered with. `page` is the router's own address on the client's network; without one BlockAnswer::Page
/// is answered as Nxdomain.
std::size_t write_blocked(std::span<std::byte> room, const Asked& asked, model::BlockAnswer how, std::optional<Ipv4> page,
                          const Explanation& why);

/// RFC 8482 section 4.2: one HINFO instead of everything.
std::size_t write_any(std::span<std::byte> room, const Asked& asked);

}  // namespace vivi::dnsd
