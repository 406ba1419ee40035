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
#include "common/policy/rules_image.hpp"
#include "common/policy/verdict.hpp"
#include "common/policy/views.hpp"

namespace vivi::policy {

/// Compiles the policy of one moment (schedule.hpp: effective()) into an image; `revision` travels in it. Milliseconds for
/// thousands of rules. bridged compiles again when the document changes and when a schedule begins or ends.
Bytes compile(const model::Policy& effective, std::int64_t revision);

/// What the policy says of one device at this moment. Protected: it is in `protected_devices`. Banned, Admitted: by a DeviceRule;
/// to be in a group admits nobody.
enum class Standing : std::uint8_t { Protected, Banned, Admitted, New };
struct Subject {
    ViewId view = everybody;
    Standing standing = Standing::Admitted;
    model::Mode mode = model::Mode::BlockListed;
    RuleId rule = no_rule;     ///< That gave the standing, when one did.
    ViewId group = everybody;  ///< Whose rules hold too, when `view` is of a device; everybody: no group's.
    bool operator==(const Subject&) const = default;
};

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

    /// The deciding rule in words for people and logs: "domain example.org (deny, group guests)", "category pornography (deny,
    /// everybody)", "mode allow-listed". Stable: docs/policy.md.
    std::string describe(const Verdict& verdict) const;
    /// The JSON pointer of the rule in the policy document (not in effective() of it): "/domains/3"; empty when no rule decided.
    std::string pointer(const Verdict& verdict) const;

    /// Categories, services and lists that the rules name and the catalogue does not have, "service youtube": they decide
    /// nothing.
    std::vector<std::string> unknown_tags() const;

private:
    struct Found;
    struct Views;
    void offer_entries(Found& found, const Views& views, std::uint32_t first, std::uint32_t count, std::uint32_t labels,
                       bool is_whole_name) const noexcept;
    void find_tags(Found& names, Found& categories, Found& lists, const Views& views,
                   const Catalogue::Asked& asked) const noexcept;
    void find_addresses(Found& found, const Views& views, const Ipv6& remote, model::Transport transport,
                        std::uint16_t port) const noexcept;

    image::Image rules_{};
    Catalogue catalogue_{};
    std::vector<std::uint32_t> bindings_{};  ///< By TagId: which TagRow of the image, plus one; 0: no rule names this tag.
};

}  // namespace vivi::policy
