// How everything is at this router, for a server that asks: the leases that run.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/runtime/task.hpp"
#include "common/store/store.hpp"

namespace vivi::bridged {

/// Puts texts of JSON values into `{"leases":[…]}` of at most `most` bytes each; at least one part, at most
/// sync::most_snapshot_parts. What is no JSON is left out.
std::vector<std::string> snapshot_parts(const std::vector<std::string>& leases, std::size_t most = 512 << 10);

/// The parts of one snapshot (sync::Snapshot::state), as the state Redis has it now.
Task<Result<std::vector<std::string>>> read_snapshot(store::Store& state);

}  // namespace vivi::bridged
