// An event on its way into the outbox: a topic, an opaque body, and who produced it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/core/result.hpp"
#include "common/model/event.hpp"

namespace vivi::bridged {

struct Record {
    std::string topic{};
    std::string body{};
    model::Producer from{};
    bool operator==(const Record&) const = default;
};

/// Fields of `vivi:outbox:state` that are written in the same script as an append.
using StateFields = std::vector<std::pair<std::string, std::string>>;

/// Finds `from` in an event's body without decoding the rest of it: a batch of a thousand rows costs its first bytes.
/// Invalid: no JSON object, or no instance (1 to 64 characters) and number (from 1 on) in it.
Result<model::Producer> find_producer(std::string_view body);

}  // namespace vivi::bridged
