// Whose router this is at the moment: the custody id of the configuration on the disk.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <string>

#include "common/runtime/task.hpp"

namespace vivi::openvivi_embedded {

/// Reads the member `custody` of a JSON file that bridged writes (last-good.json), again only when the file is another.
class Custody {
public:
    Custody(std::string file, net::thread_pool& slow) : file_{std::move(file)}, slow_{slow} {}

    /// A UUID; empty when there is no such file or nothing in it: the router is nobody's.
    Task<std::string> id();

private:
    struct Seen {
        std::string version{};  ///< Of the file: inode, size, time of change.
        std::string id{};
    };
    static Seen look(const std::string& file, Seen seen);

    std::string file_;
    net::thread_pool& slow_;
    Seen seen_{};
};

}  // namespace vivi::openvivi_embedded
