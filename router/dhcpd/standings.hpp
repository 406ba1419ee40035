// Who is banned at this moment: schedules and ends are evaluated once, by bridged; its compiled policy says what came of it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/model/configuration.hpp"
#include "common/policy/rules.hpp"
#include "router/state/mapped_file.hpp"

namespace vivi::dhcpd {

/// `document` with the bans that `engine` says hold, and no other rule of devices. Pure.
model::Policy bans_of(const model::Policy& document, const policy::Engine& engine);

/// Follows `rules.bin` (router/state/policy_files.hpp). Blocks shortly.
class Standings {
public:
    /// Empty: never looked at.
    explicit Standings(std::string rules_file) : rules_file_{std::move(rules_file)} {}

    /// Looks whether the file is another one; true when it is, and can be used.
    bool look();

    /// The configuration's policy as dhcpd is to enforce it. Without a file of this revision (bridged has never run, or its disk
    /// is full) the document's own bans hold, whatever their schedules.
    model::Policy of(const model::Configuration& configuration) const;

private:
    std::string rules_file_;
    std::shared_ptr<const state::MappedFile> mapped_;
    policy::Engine engine_{};  ///< Looks at mapped_.
    std::optional<state::FileIdentity> seen_;
};

}  // namespace vivi::dhcpd
