// Which leases a router is to begin with: named by its document when it took another router's place (docs/protocol.md section 5).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/model/event.hpp"

namespace vivi::model {

/// SHA-256 of the text of the leases (64 hexadecimal digits, lower case) that the configuration document names as
/// `carried_leases`; empty: none, or it is no SHA-256.
std::string carried_leases_of(const Json& document);

}  // namespace vivi::model
