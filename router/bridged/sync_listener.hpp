// Where the tunnel brings the hub's streams: a unix socket; the newest stream replaces the one before.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "router/bridged/sync_link.hpp"

namespace vivi::bridged {

class SyncListener {
public:
    /// Listens at once. Fatal when another instance does: make it before anything that two must not do.
    SyncListener(const net::any_io_executor& executor, const std::string& path, Outbox& outbox, std::string boot_id,
                 LinkHandlers handlers);

    /// Ends by cancellation.
    Task<> run();

    /// The link now; null between two.
    const SyncLink* link() const noexcept { return link_.get(); }
    std::uint64_t streams() const noexcept { return streams_; }
    const std::optional<sync::Cursor>& last_ack() const noexcept;

private:
    Task<> serve();

    UnixAcceptor acceptor_;
    Outbox& outbox_;
    std::string boot_id_;
    LinkHandlers handlers_;
    std::unique_ptr<SyncLink> link_;
    std::optional<sync::Cursor> last_ack_;
    std::uint64_t streams_ = 0;
};

}  // namespace vivi::bridged
