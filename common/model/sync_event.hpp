// Topics of what bridged says of its outbox and of its configuration.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace vivi::model::topic {

inline constexpr std::string_view sync_dropped = "sync.dropped";              ///< The outbox was full: what went, by topic.
inline constexpr std::string_view config_drift = "config.drift";              ///< What of the document is not in force.
inline constexpr std::string_view config_reverted = "config.reverted";        ///< Networks, uplink and DNS were taken back.
inline constexpr std::string_view config_unconfirmed = "config.unconfirmed";  ///< They are on trial, or were.

}  // namespace vivi::model::topic
