// What another policy would have done to what was asked for: two engines, every name and device, added up by name. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/policy/rules.hpp"
#include "server/db/asked_names.hpp"

namespace vivi::api {

/// A name whose decision changes for somebody.
struct TrialName {
    std::string name{};
    std::int64_t devices = 0;        ///< For which it changes; 0: no known device asked for it.
    std::int64_t devices_asked = 0;  ///< That asked for it.
    std::int64_t queries = 0;        ///< Of those for which it changes.
    std::string before{}, after{};   ///< The deciding rules in words, of the first device.
    db::NamedBytes bytes{};          ///< Of all devices; filled in later.
};

struct TrialSums {
    std::int64_t names = 0;    ///< That were asked for.
    std::int64_t devices = 0;  ///< That asked.
    std::int64_t denied_names = 0, denied_devices = 0, denied_queries = 0;
    std::int64_t allowed_names = 0, allowed_devices = 0, allowed_queries = 0;
};

/// Of one place: one router after the other, each with the engines of its policies.
class Trial {
public:
    void add(const policy::Engine& before, const policy::Engine& after, const db::AskedName& asked);

    TrialSums sums() const;
    enum class Turned : std::uint8_t { Denied, Allowed };
    /// Those that most devices asked for first.
    std::vector<TrialName> top(Turned turned, std::size_t most) const;

private:
    struct Side {
        std::int64_t devices = 0, queries = 0;
        std::string before{}, after{};
        bool is_touched = false;
    };
    struct Name {
        Side denied{}, allowed{};
        std::int64_t asked = 0;
    };
    std::map<std::string, Name> names_;
    std::set<Mac> devices_, denied_, allowed_;
};

}  // namespace vivi::api
