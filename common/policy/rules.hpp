// The compiled policy: a small image that daemons map, and the engine that decides with it and the catalogue.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/core/net.hpp"
#include "common/core/result.hpp"
#include "common/core/time.hpp"
#include "common/model/policy.hpp"
#include "common/policy/catalogue.hpp"
#include "common/policy/verdict.hpp"
#include "common/policy/views.hpp"

namespace vivi::policy {

/// Compiles the policy of one moment (schedule.hpp: effective()) into an image; `revision` travels in it. Milliseconds for
/// thousands of rules. bridged compiles again when the document changes and when a schedule begins or ends.
Bytes compile(const model::Policy& effective, std::int64_t revision);

/// What the policy says of one device at this moment.
enum class Standing : std::uint8_t { Protected, Banned, Admitted, New };
struct Subject {
    ViewId view = everybody;
    Standing standing = Standing::Admitted;
    model::Mode mode = model::Mode::BlockListed;
    bool operator==(const Subject&) const = default;
};

/// Names that no rule blocks, whatever the document says: the operating systems' connectivity checks and time. With everything
/// below. Source of each beside it in the .cpp.
std::span<const std::string_view> essential_names() noexcept;

/// Decides. Owns nothing: the two arenas outlive it. Pure; any number of threads may ask.
class Engine {
public:
    /// No rules: allows everything.
    Engine() = default;
    /// Invalid: `rules` is not an image of compile(), or of another version, or damaged.
    static Result<Engine> open(BytesView rules, Catalogue catalogue);

    std::int64_t revision() const noexcept;
    model::NewDevices new_devices() const noexcept;
    model::Mode mode() const noexcept;

    /// Nothing is known of the device at this address: pass no MAC. It is then New.
    Subject subject(std::optional<Mac> device) const noexcept;

    /// `name` normalised, as wire::Name::text() gives it. Allocates nothing; the caller may keep the Subject as long as the
    /// Engine.
    Verdict decide_name(const Subject& subject, std::string_view name) const noexcept;
    /// `remote` is IPv6 or mapped IPv4. Without a rule for the address: the default of the mode, where an allow-listed device may
    /// also reach what it was answered for an allowed name (the firewall's sets know that, this does not).
    Verdict decide_address(const Subject& subject, const Ipv6& remote, model::Transport transport,
                           std::uint16_t port) const noexcept;

    /// The deciding rule in words for people and logs: "domain example.org (deny, group guests)", "category pornography", "mode
    /// allow-listed". Stable: docs/policy.md.
    std::string describe(const Verdict& verdict) const;
    /// The JSON pointer of the rule in the policy document: "/domains/3"; empty for layers without one.
    std::string pointer(const Verdict& verdict) const;

    /// Categories, services and lists that the rules name and the catalogue does not have: they decide nothing.
    std::vector<std::string> unknown_tags() const;

private:
    BytesView rules_{};
    Catalogue catalogue_{};
    std::vector<std::uint32_t> bindings_{};  ///< By TagId: where the rules of this tag are in the image; 0: none.
};

}  // namespace vivi::policy
