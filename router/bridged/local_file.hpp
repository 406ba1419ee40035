// What somebody with the PIN decided at the router itself (ADR 0015), read from its file and laid over what the server decided.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <string>
#include <vector>

#include "common/model/local_changes.hpp"
#include "common/runtime/task.hpp"
#include "router/bridged/time_source.hpp"

namespace vivi::bridged {

class LocalFile {
public:
    /// An empty path: nothing is ever decided there. `time` outlives it.
    LocalFile(std::string path, const TimeSource& time) : path_{std::move(path)}, time_{time} {}

    /// Reads the file again when it is another; true when something else holds than at the last look: it changed, or something
    /// ended.
    Task<bool> look();
    /// `configuration` with what held at the last look.
    model::Configuration over(model::Configuration configuration) const;
    /// The parts of the server's document that are not so because of it, each with its JSON pointer.
    std::vector<std::string> parts() const;

private:
    struct Seen {
        std::string version{};  ///< Of the file: inode, size, time of change.
        model::LocalChanges changes{};
    };
    static Seen read(const std::string& path, Seen seen);

    std::string path_;
    const TimeSource& time_;
    Seen seen_{};
    model::LocalChanges holds_{};  ///< Of seen_, what had not ended at the last look.
    net::thread_pool disk_{1};
};

}  // namespace vivi::bridged
