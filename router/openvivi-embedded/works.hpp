// What each command of the embedded API does.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <string>
#include <string_view>

#include "router/openvivi-embedded/commands.hpp"
#include "router/openvivi-embedded/routes.hpp"
#include "router/openvivi-embedded/units.hpp"

namespace vivi::openvivi_embedded {

/// A command that may be begun.
struct Prepared {
    Work work{};
    EndsWith ends_with = EndsWith::Itself;
};

class Works {
public:
    /// `slow` runs D-Bus and the journal; it outlives this.
    Works(Units units, net::thread_pool& slow) : units_{std::move(units)}, slow_{slow} {}

    /// Of a command's route (Access::Command, but Update), what stood in its path, and its body. Invalid names what is wrong with
    /// the body; NotFound: no such service; Conflict: what this router never does to itself.
    Result<Prepared> prepare(Action action, const std::string& argument, std::string_view body) const;

    /// Every service: [{"service","load_state",…,"version"}].
    Task<Result<nlohmann::json>> services() const;

private:
    Result<Prepared> prepare_service(UnitVerb verb, const std::string& service) const;
    Result<Prepared> prepare_logs(const std::string& service, const nlohmann::json& body) const;
    Prepared prepare_power(PowerVerb verb) const;

    Units units_;
    net::thread_pool& slow_;
};

/// The version whose programs run: where /opt/vivi/current leads; this program's own where nothing is installed there.
std::string installed_version();

}  // namespace vivi::openvivi_embedded
