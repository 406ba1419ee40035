// What the hub tells this router about whose it is, kept in small files that the local page and bridged read.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "common/core/time.hpp"
#include "common/http/message.hpp"

namespace vivi::openvivi_embedded {

/// Paths (docs/protocol.md section 8). The code is in a folder that does not outlive the boot, the others in one that does.
struct NotePlaces {
    std::string claim_code{};
    std::string wish{};     ///< return.file: bridged wipes.
    std::string receipt{};  ///< receipt.file: bridged has wiped.
};

/// POST /v1/claim-code; GET, POST and DELETE /v1/return. Open: who could misuse them can already give the router any
/// configuration.
class HubNotes {
public:
    /// A code of an earlier life is removed.
    explicit HubNotes(NotePlaces places);

    /// Nothing: another path.
    std::optional<http::Response> answer(const http::Request& request);
    /// Whether the newest code came less than 30 minutes ago, by the steady clock: on a first boot the other is wrong, and jumps
    /// when somebody sets it. Nothing: no code came to this process.
    std::optional<bool> is_code_fresh(Instant now) const;

private:
    http::Response show(const std::string& body);
    http::Response wish(const std::string& body) const;
    http::Response state() const;

    NotePlaces places_;
    std::optional<Instant> code_at_{};  // When the newest came.
};

}  // namespace vivi::openvivi_embedded
