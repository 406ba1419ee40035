// An upstream's answer on its way to a client: where it leads, what must not pass, and how it is written for each client.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/core/net.hpp"
#include "common/wire/dns_message.hpp"
#include "common/wire/name.hpp"
#include "router/dnsd/answer.hpp"
#include "router/dnsd/local_names.hpp"
#include "router/dnsd/question.hpp"

namespace vivi::dnsd {

/// What is filtered, whoever asks.
struct FilterRules {
    bool strips_ech = false;
    bool allows_private = false;        ///< The name may lead to private addresses.
    const LocalNames* names = nullptr;  ///< Whose networks count as private too; may be absent.
};

/// An answer looked at once, for all who wait for it. Refers to the message, which must stay. Used again: it keeps its memory.
class Response {
public:
    /// More names than this that an answer leads through are no honest answer.
    static constexpr std::size_t most_aliases = 32;

    /// False: it cannot be passed on, because it leads to a name that is no host's or through too many. Records whose data cannot
    /// be read safely, or that are not of class IN, are left out.
    bool read(const wire::dns::Message& message, const FilterRules& rules);

    /// Every name that the answer leads to: targets of CNAME, DNAME, SVCB and HTTPS, and owners of answers. Not the question's.
    std::span<const wire::Name> aliases() const noexcept { return std::span{aliases_}.first(alias_count_); }
    /// Addresses that remain and that the client is led to: of answers, of hints, and of services' targets. IPv4 mapped.
    std::span<const Ipv6> addresses() const noexcept { return addresses_; }
    std::span<const Ipv6> hints() const noexcept { return hints_; }
    std::size_t private_removed() const noexcept { return private_removed_; }
    std::size_t ech_removed() const noexcept { return ech_removed_; }
    /// Addresses were asked for and came, and all of them were private.
    bool is_only_private() const noexcept { return private_removed_ != 0 && addresses_.empty(); }

    struct Treatment {
        std::optional<std::uint32_t> most_ttl{};  ///< Caps every TTL.
        std::span<const Ipv6> denied_hints{};     ///< Of hints(): to be left out for this client.
        std::optional<Explanation> explanation{};
    };
    struct Written {
        std::size_t size = 0;
        bool is_cut = false;
    };
    /// The answer for one client: its id, the case of its question, RD and CD as it sent them, OPT only when it sent one (with
    /// the upstream's EDE options, or the explanation), never longer than it takes.
    Written write(std::span<std::byte> room, const Asked& asked, const Treatment& treatment) const;

private:
    enum class Fate : std::uint8_t { Keep, Drop, Reduce };
    bool look_at(const wire::dns::Record& record, const FilterRules& rules);
    bool look_at_address(const Ipv6& address, bool leads, const FilterRules& rules);
    bool look_at_service(const wire::dns::Record& record, const FilterRules& rules);
    bool add_alias(std::size_t at, std::size_t end);
    bool add_alias(const wire::dns::WireName& name);
    bool is_private_for(const Ipv6& address, const FilterRules& rules) const;
    bool can_copy(const Asked& asked, const Treatment& treatment) const noexcept;
    Written copy(std::span<std::byte> room, const Asked& asked, const Treatment& treatment) const;
    Written rebuild(std::span<std::byte> room, const Asked& asked, const Treatment& treatment) const;
    Written cut(std::span<std::byte> room, const Asked& asked, const Treatment& treatment) const;
    std::uint16_t flags_for(const Asked& asked) const noexcept;
    Bytes reduced(const wire::dns::Record& record, const Treatment& treatment) const;

    const wire::dns::Message* message_ = nullptr;
    std::vector<Fate> fates_{};
    bool changes_ = false;
    bool strips_ech_ = false;
    bool may_copy_ = true;  ///< OPT is the last record, or there is none.
    std::array<wire::Name, most_aliases> aliases_{};
    std::size_t alias_count_ = 0;
    std::vector<Ipv6> addresses_{}, hints_{}, private_hints_{};
    std::size_t private_removed_ = 0, ech_removed_ = 0;
};

}  // namespace vivi::dnsd
