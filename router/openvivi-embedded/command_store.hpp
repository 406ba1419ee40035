// The commands of this router on its disk: one file each, so that the first outcome outlives restarts.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "router/openvivi-embedded/command_record.hpp"

namespace vivi::openvivi_embedded {

/// A folder with `<command>.json`. All of it blocks.
class CommandStore {
public:
    explicit CommandStore(std::string folder) : folder_{std::move(folder)} {}

    /// Every record that can be read, oldest first; one that cannot is logged and left.
    Result<std::vector<CommandRecord>> load() const;
    /// On the disk when it returns. Unavailable: it is not (a full disk).
    Status save(const CommandRecord& record) const;
    void remove(const std::string& command) const;

private:
    std::string path_of(const std::string& command) const { return folder_ + '/' + command + ".json"; }

    std::string folder_;
};

}  // namespace vivi::openvivi_embedded
