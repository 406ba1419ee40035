// The events of a policy at work, added up: hits, names asked for, alarms raised and cleared. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "common/core/net.hpp"
#include "common/core/time.hpp"
#include "common/model/streamed.hpp"

namespace vivi::db {

/// Bucket start, device, name, address, layer, rule, by.
using HitKey = std::tuple<WallTime, std::optional<Mac>, std::string, std::string, std::string, std::string, std::string>;
/// Start of the hour, device, name.
using DeviceDomainKey = std::tuple<WallTime, Mac, std::string>;

struct DomainNews {
    WallTime first_seen{}, last_seen{};
    std::int64_t queries = 0;
};

/// Something was raised, heard again, or cleared; in the order of the events.
struct AlarmNews {
    std::string kind{};     ///< The topic.
    std::string subject{};  ///< What it is about: the same kind and subject is the same alarm.
    std::string detail{};   ///< JSON text.
    WallTime at{}, last_at{};
    std::int64_t count = 1;
    bool is_raised = true;  ///< False: what was raised is over.
    bool is_over = false;   ///< Raised and over at once: drift that was found and undone.
};

struct PolicyNews {
    std::map<HitKey, std::int64_t> hits{};
    std::map<std::string, DomainNews> domains{};
    std::map<DeviceDomainKey, std::int64_t> device_domains{};
    std::vector<AlarmNews> alarms{};
};

/// Whether add_policy_event() understands the topic.
bool is_policy_topic(std::string_view topic) noexcept;

struct Entry;
/// Adds one event; an error is the reason why it cannot be stored, and then nothing was added.
Status add_policy_event(PolicyNews& news, model::EventReader& reader, const Entry& entry, WallTime now);

}  // namespace vivi::db
