// A second engine for tests: slow, written from docs/policy.md alone, sharing no code with the first. It reads the document
// itself. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "common/model/policy.hpp"
#include "common/policy/catalogue.hpp"
#include "common/policy/essential_names.hpp"
#include "common/policy/time_zone.hpp"
#include "common/policy/verdict.hpp"

namespace vivi::policy::test {

/// A name of the catalogue.
struct Tagged {
    TagKind kind = TagKind::Category;
    std::string tag{};
    std::string name{};
    bool with_below = true;
    bool allows = false;
};

struct Answer {
    model::Decision decision = model::Decision::Allow;
    Layer layer = Layer::Default;
    std::string pointer{};
    bool operator==(const Answer&) const = default;
};

using Labels = std::vector<std::string>;

inline Labels labels_of(const std::string& name) {
    Labels labels(1);
    for (const char c : name) {
        if (c == '.')
            labels.emplace_back();
        else
            labels.back() += c;
    }
    return labels;
}

inline bool covers(const std::string& rule, bool with_below, const std::string& name) {
    const auto upper = labels_of(rule), lower = labels_of(name);
    if (upper.size() > lower.size() || (!with_below && upper.size() != lower.size())) return false;
    return std::equal(upper.rbegin(), upper.rend(), lower.rbegin());
}

class Reference {
public:
    Reference(const model::Policy& policy, const std::vector<Tagged>& tagged, const TimeZone& zone, WallTime now)
        : policy_{policy}, tagged_{tagged}, now_{now}, local_{now + zone.offset(now)} {}

    Answer decide_name(std::optional<Mac> device, const std::string& name) const {
        if (const auto standing = standing_of(device)) return *standing;
        for (std::size_t i = 0; i < policy_.never_blocked.size(); ++i) {
            if (covers(policy_.never_blocked[i], true, name)) return essential(name);
        }
        for (const auto& one : essential_names()) {
            if (covers(std::string{one.name}, one.with_below, name)) return essential(name);
        }
        if (const auto refused = refused_as_new(device)) return *refused;
        std::vector<Candidate> names, categories, lists;
        collect(policy_.domains, "/domains/", names, device,
                [&](const model::DomainRule& rule) { return weight(rule.domain, rule.subdomains, name); });
        collect(policy_.services, "/services/", names, device,
                [&](const model::ServiceRule& rule) { return tag_weight(TagKind::Service, rule.service, name); });
        collect(policy_.categories, "/categories/", categories, device,
                [&](const model::CategoryRule& rule) { return tag_weight(TagKind::Category, rule.category, name); });
        collect(policy_.lists, "/lists/", lists, device,
                [&](const model::ListRule& rule) { return tag_weight(TagKind::List, rule.list, name); });
        if (const auto answer = best(names, std::nullopt)) return *answer;
        if (const auto answer = best(categories, Layer::Category)) return *answer;
        if (const auto answer = best(lists, Layer::List)) return *answer;
        return by_default(device);
    }

    Answer decide_address(std::optional<Mac> device, const Ipv6& remote, model::Transport transport, std::uint16_t port) const {
        if (const auto standing = standing_of(device)) return *standing;
        if (const auto refused = refused_as_new(device)) return *refused;
        std::vector<Candidate> candidates;
        collect(policy_.addresses, "/addresses/", candidates, device, [&](const model::AddressRule& rule) -> std::optional<int> {
            if (!rule.prefix.contains(remote)) return std::nullopt;
            if (rule.transport != model::Transport::Any && rule.transport != transport) return std::nullopt;
            if (rule.port && (transport == model::Transport::Any || *rule.port != port)) return std::nullopt;
            return rule.prefix.length * 10 + (rule.port ? 5 : 0) + (rule.transport != model::Transport::Any ? 1 : 0);
        });
        if (const auto answer = best(candidates, std::nullopt)) return *answer;
        return by_default(device);
    }

    bool holds(const std::string& schedule, const std::optional<WallTime>& until) const {
        if (until && now_ >= *until) return false;
        if (schedule.empty()) return true;
        const auto found = std::ranges::find(policy_.schedules, schedule, &model::Schedule::name);
        return found != policy_.schedules.end() && is_on(*found);
    }

private:
    struct Candidate {
        int scope = 0;  ///< 0: device, 1: group, 2: everybody.
        model::Decision decision{};
        int weight = 0;
        std::string pointer{};
    };

    bool is_on(const model::Schedule& schedule) const {
        const auto window_on = [&](const model::Window& window) {
            for (int back = 0; back < 2; ++back) {
                const auto day = std::chrono::floor<std::chrono::days>(local_) - std::chrono::days{back};
                const bool right_day = window.days.empty() || std::ranges::count(window.days, std::chrono::weekday{day}) > 0;
                const auto length = window.to > window.from ? window.to - window.from : window.to - window.from + 24h;
                if (right_day && local_ >= day + window.from && local_ < day + window.from + length) return true;
            }
            return false;
        };
        const auto phase_on = [&](const std::string& name) {
            for (const auto& phase : policy_.phases) {
                if (phase.name == name && now_ >= phase.from && now_ < phase.to) return true;
            }
            return false;
        };
        return (schedule.windows.empty() || std::ranges::any_of(schedule.windows, window_on)) &&
               (schedule.phases.empty() || std::ranges::any_of(schedule.phases, phase_on));
    }

    std::optional<Answer> standing_of(std::optional<Mac> device) const {
        if (!device) return std::nullopt;
        for (std::size_t i = 0; i < policy_.protected_devices.size(); ++i) {
            if (policy_.protected_devices[i] == *device)
                return Answer{model::Decision::Allow, Layer::Protected, "/protected_devices/" + std::to_string(i)};
        }
        for (std::size_t i = 0; i < policy_.devices.size(); ++i) {
            const auto& rule = policy_.devices[i];
            if (rule.device == *device && rule.decision == model::Decision::Deny && holds(rule.schedule, rule.until))
                return Answer{model::Decision::Deny, Layer::Banned, "/devices/" + std::to_string(i)};
        }
        return std::nullopt;
    }

    /// Which of them: the longest, and the built-in ones before the document's.
    Answer essential(const std::string& name) const {
        std::size_t most = 0;
        std::string pointer;
        for (const auto& one : essential_names()) {
            if (covers(std::string{one.name}, one.with_below, name))
                most = std::max(most, labels_of(std::string{one.name}).size());
        }
        for (std::size_t i = 0; i < policy_.never_blocked.size(); ++i) {
            const auto size = labels_of(policy_.never_blocked[i]).size();
            if (!covers(policy_.never_blocked[i], true, name) || size <= most) continue;
            most = size;
            pointer = "/never_blocked/" + std::to_string(i);
        }
        return {model::Decision::Allow, Layer::Essential, pointer};
    }

    std::optional<Answer> refused_as_new(std::optional<Mac> device) const {
        if (policy_.new_devices == model::NewDevices::Allow) return std::nullopt;
        for (const auto& rule : policy_.devices) {
            if (device && rule.device == *device && rule.decision == model::Decision::Allow && holds(rule.schedule, rule.until))
                return std::nullopt;
        }
        return Answer{model::Decision::Deny, Layer::NewDevice, "/new_devices"};
    }

    const model::Group* group_of(std::optional<Mac> device) const {
        for (const auto& group : policy_.groups) {
            if (device && std::ranges::count(group.devices, *device) > 0) return &group;
        }
        return nullptr;
    }

    Answer by_default(std::optional<Mac> device) const {
        const auto* group = group_of(device);
        const auto mode = group != nullptr && group->mode ? *group->mode : policy_.mode;
        return {mode == model::Mode::AllowListed ? model::Decision::Deny : model::Decision::Allow, Layer::Default, ""};
    }

    static std::optional<int> weight(const std::string& rule, bool with_below, const std::string& name) {
        if (!covers(rule, with_below, name)) return std::nullopt;
        return static_cast<int>(labels_of(rule).size());
    }

    /// The most specific entry says whether the tag holds; of equal ones the exception.
    std::optional<int> tag_weight(TagKind kind, const std::string& tag, const std::string& name) const {
        int most = 0;
        bool allows = false;
        for (const auto& one : tagged_) {
            if (one.kind != kind || one.tag != tag || !covers(one.name, one.with_below, name)) continue;
            const auto size = static_cast<int>(labels_of(one.name).size());
            if (size > most) allows = one.allows;
            if (size == most) allows = allows || one.allows;
            most = std::max(most, size);
        }
        return most == 0 || allows ? std::nullopt : std::optional{most};
    }

    template <class Rules, class Weigh>
    void collect(const Rules& rules, const std::string& at, std::vector<Candidate>& candidates, std::optional<Mac> device,
                 Weigh weigh) const {
        const auto* group = group_of(device);
        for (std::size_t i = 0; i < rules.size(); ++i) {
            const auto& rule = rules[i];
            if (!holds(rule.scope.schedule, rule.scope.until)) continue;
            if (rule.scope.device && rule.scope.device != device) continue;
            if (!rule.scope.group.empty() && (group == nullptr || group->name != rule.scope.group)) continue;
            const auto weight = weigh(rule);
            if (!weight) continue;
            const int scope = rule.scope.device ? 0 : rule.scope.group.empty() ? 2 : 1;
            candidates.push_back({scope, rule.decision, *weight, at + std::to_string(i)});
        }
    }

    /// `in`: one layer for all scopes.
    static std::optional<Answer> best(const std::vector<Candidate>& candidates, std::optional<Layer> in) {
        constexpr std::array layers{Layer::DeviceAllow, Layer::DeviceDeny, Layer::GroupAllow,
                                    Layer::GroupDeny,   Layer::EventAllow, Layer::EventDeny};
        for (std::size_t i = 0; i < layers.size(); ++i) {
            const auto decision = i % 2 == 0 ? model::Decision::Allow : model::Decision::Deny;
            const Candidate* winner = nullptr;
            for (const auto& candidate : candidates) {
                if (candidate.scope != static_cast<int>(i / 2) || candidate.decision != decision) continue;
                if (winner == nullptr || candidate.weight > winner->weight) winner = &candidate;
            }
            if (winner != nullptr) return Answer{decision, in.value_or(layers[i]), winner->pointer};
        }
        return std::nullopt;
    }

    const model::Policy& policy_;
    const std::vector<Tagged>& tagged_;
    WallTime now_, local_;
};

}  // namespace vivi::policy::test
