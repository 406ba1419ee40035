// How the bridge's own parts are, told to the server when it changes: health.firewall and health.dns.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "common/model/policy_event.hpp"
#include "router/bridged/own_events.hpp"

namespace vivi::bridged {

/// Says each change once; a repair is said each time.
class Alarms {
public:
    /// Whose refusal: of a whole document, which the next one takes back, or of what the moment wants, which is tried again.
    enum class Of : std::uint8_t { Document, Moment };

    explicit Alarms(OwnEvents& own) : own_{own} {}

    void refused(Of what, const std::string& why) {
        refused_ = what;
        tell(firewall_, model::topic::health_firewall, {.state = "refused", .detail = why});
    }
    /// Takes back a refusal of the same kind; said once at the start too, because the process before may have left one.
    void accepted(Of what) {
        if (refused_ && refused_ != what) return;
        refused_.reset();
        if (firewall_.state != "repaired") tell(firewall_, model::topic::health_firewall, {.state = "ok"});
    }
    void repaired(const std::string& what) {
        firewall_ = {};
        tell(firewall_, model::topic::health_firewall, {.state = "repaired", .detail = what});
    }
    /// A look found everything in place: a repair is history.
    void unchanged() {
        if (firewall_.state == "repaired") tell(firewall_, model::topic::health_firewall, {.state = "ok"});
    }
    /// "ok", "fallback" or "closed".
    void dns(const std::string& state, const std::string& detail) {
        tell(dns_, model::topic::health_dns, {.state = state, .detail = detail});
    }

    const model::HealthChange& firewall() const noexcept { return firewall_; }
    const model::HealthChange& dns() const noexcept { return dns_; }

private:
    void tell(model::HealthChange& last, std::string_view topic, model::HealthChange change) {
        if (last == change) return;
        last = std::move(change);
        own_.add(topic, model::to_json(last));
    }

    OwnEvents& own_;
    model::HealthChange firewall_{};
    model::HealthChange dns_{};
    std::optional<Of> refused_;
};

}  // namespace vivi::bridged
