// Fetches the texts of lists that the configuration names: asked of the hub a chunk at a time, checked, kept beside the compiled
// policy. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/core/time.hpp"
#include "common/runtime/task.hpp"
#include "common/sync/messages.hpp"
#include "router/bridged/wake.hpp"

namespace vivi::bridged {

/// One text at a time into `<folder>/<sha256>`; what has come of one is in `<sha256>.part`, and is where it goes on after a cut
/// line or a restart. A whole that does not have its hash is thrown away and asked for anew. One loop; files on a thread of their
/// own.
class Blobs {
public:
    struct Ports {
        std::function<std::vector<std::string>()> named;  ///< SHA-256 of each list the document in force names.
        std::function<void()> wanting;                    ///< take_want() has something for the hub.
        std::function<void()> arrived;                    ///< Another text is here.
    };
    Blobs(const net::any_io_executor& executor, std::string folder, Ports ports);

    /// What to ask the hub now; nothing while an answer is awaited, and when everything is here.
    std::optional<sync::Want> take_want() { return std::exchange(want_, std::nullopt); }
    void take(sync::Blob blob);
    /// Another stream: what was asked on the one before gets no answer.
    void stream_began();
    /// Never ends by itself.
    Task<> run();

    static constexpr Milliseconds patience{10'000};     ///< For an answer; then it is asked again.
    static constexpr Milliseconds again_after{60'000};  ///< What the server has not, or what was damaged.

private:
    enum class Kept : std::uint8_t { Part, Whole, Damaged };
    Task<> look();
    Task<> keep(sync::Blob blob);
    Result<Kept> write(const sync::Blob& blob) const;
    std::optional<sync::Want> missing(const std::vector<std::string>& named) const;
    std::string file(const std::string& sha256) const { return folder_ + "/" + sha256; }
    std::string part(const std::string& sha256) const { return file(sha256) + ".part"; }

    std::string folder_;
    Ports ports_;
    std::optional<sync::Want> want_;   // To be sent.
    std::optional<sync::Want> asked_;  // Sent, or about to be.
    Instant asked_at_{};
    std::optional<sync::Blob> came_;
    std::map<std::string, Instant> not_before_;
    Wake wake_;
    net::thread_pool disk_{1};
};

}  // namespace vivi::bridged
