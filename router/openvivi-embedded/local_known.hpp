// What the local page reads: its files, the machine's interfaces, the fields of a form.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/model/local_changes.hpp"
#include "router/openvivi-embedded/local_site.hpp"

namespace vivi::openvivi_embedded {

/// What the files say.
struct Known {
    bool has_pin = false;
    std::string claim_code{};
    model::LocalChanges changes{};
    std::optional<model::Configuration> configuration{};
};

/// Blocks. Without what has ended; a clock that is wrong is no reason to show no code: `is_code_fresh` goes by the steady one.
Known read_known(const LocalPlaces& places, WallTime now, std::optional<bool> is_code_fresh = {});

/// The machine's interfaces as /proc/net/dev (proc(5)) lists them, without the loopback, VLANs ("eth0.20") and our own bridge.
std::vector<std::string> interfaces_of(std::string_view proc_net_dev);

/// A field of a form without spaces around it; empty when it is not there.
std::string value(const std::map<std::string, std::string>& form, const std::string& name);
std::optional<std::int64_t> number(const std::string& text, std::int64_t least, std::int64_t most);

}  // namespace vivi::openvivi_embedded
