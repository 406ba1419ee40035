// The daemon's part of an update: takes the announced bundle piece by piece, checks it, hands it to vivi-install, and hears what
// became of it. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <optional>

#include "common/runtime/signal.hpp"
#include "router/openvivi-embedded/announcement.hpp"
#include "router/openvivi-embedded/commands.hpp"

namespace vivi::openvivi_embedded {

struct UpdateOptions {
    std::string folder = "/var/lib/vivi/update";  ///< bundle, announcement.json, and `ready` for vivi-install.
    std::string root = "/opt/vivi";               ///< current and outcome.json, which are vivi-install's.
    std::vector<crypto::PublicKey> keys{};
    std::string architecture{};
};

/// One update at a time. Everything that matters is on the disk, so a restart goes on where it was.
class Update {
public:
    /// `slow` writes files and outlives this.
    Update(net::any_io_executor executor, net::thread_pool& slow, UpdateOptions options);

    /// Reads what an earlier process was at; its command, to be resumed with work(), or nothing.
    Task<std::optional<std::string>> restore();

    /// Denied or Conflict when such a bundle cannot be taken now; nothing was done then.
    Status may_announce(const Announcement& announcement) const;
    /// From spooling to the outcome; may_announce() is asked once more when it begins.
    Work work(Announcement announcement);
    /// The same for the one that was restored.
    Work resumed_work();
    /// What was restored is nobody's command: it is forgotten.
    void abandon();

    struct Progress {
        std::uint64_t offset = 0, size_bytes = 0;
    };
    /// The next bytes. Conflict when they do not begin where the spool ends, or nothing is awaited; progress() says where.
    Task<Result<std::uint64_t>> take(std::uint64_t offset, std::string bytes);
    /// While bytes are awaited.
    std::optional<Progress> progress() const;
    const std::string& command() const noexcept { return announcement_.command; }
    /// GET /v1/update.
    nlohmann::json document() const;

private:
    enum class Stage : std::uint8_t { Idle, Preparing, Receiving, Checking, Installing };

    Task<Result<Outcome>> begin(Announcement announcement, std::function<void(int)> progress);
    Task<Result<Outcome>> carry_out(std::function<void(int)> progress);
    Task<Result<Outcome>> to_the_end(std::function<void(int)> progress);
    Task<Status> begin_spool();
    Task<Status> receive(std::function<void(int)> progress);
    Task<Status> hand_over();
    Task<Result<Outcome>> hear();
    std::string path(const char* name) const { return options_.folder + '/' + name; }

    net::thread_pool& slow_;
    UpdateOptions options_;
    Stage stage_ = Stage::Idle;
    Announcement announcement_{};
    std::uint64_t received_ = 0;
    bool is_writing_ = false;
    std::string last_{};  ///< How the last one ended.
    Signal came_;
};

}  // namespace vivi::openvivi_embedded
