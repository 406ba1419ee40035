// Is a router well with the version it runs? What its daemons say on their health sockets, judged.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "common/core/result.hpp"
#include "common/core/time.hpp"

namespace vivi::openvivi_embedded {

/// A daemon's name and its health document; null when it does not answer.
using HealthDocuments = std::map<std::string, nlohmann::json>;

/// What is missing, one sentence; empty when the router is well. Every daemon answers; besides,
/// - openvivi-embedded has a tunnel, and one not older than `age` of the trial: dialled by the new version;
/// - bridged has loaded the packet filter and hears DNS answered ("dns":"ok");
/// - dhcpd has a problem with none of its networks;
/// - pcapd has a problem with none of the interfaces it captures on, saw its own frame on each of them, and has one when dhcpd
///   has networks.
/// Pure.
std::string missing_health(const HealthDocuments& documents, Seconds age);

/// The document on a health socket (docs/operations.md); null when nobody answers within a second. Blocks.
nlohmann::json read_health(const std::string& socket);

}  // namespace vivi::openvivi_embedded
