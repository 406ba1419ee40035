// Taking a bundle: unpacked beside what runs, switched to by one rename, kept if the router is well with it, otherwise gone back
// from. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/model/bundle.hpp"
#include "router/openvivi-embedded/install_state.hpp"

namespace vivi::openvivi_embedded {

/// Where everything is. `root` belongs to root alone; `spool` to the daemon that fills it, so nothing of it is believed.
struct InstallPlaces {
    std::string root = "/opt/vivi";  ///< <version>/…, current → <version>, trial, outcome.json
    std::string spool{};             ///< bundle, and `ready` once it is whole.
};

struct InstallPorts {
    std::function<Status()> restart{};  ///< All of Vivi's services.
    /// Waits until the router is well with what runs now, at most 180 s; the error says what is missing.
    std::function<Status()> await_health{};
    std::function<WallTime()> now{};
};

/// Every step leaves a tree that boots: what is written is synced before it is named, and names change by one rename each. Killed
/// or cut at any moment and run again, it comes to an end: the new version confirmed, or the one before it in force.
class Installer {
public:
    Installer(InstallPlaces places, InstallPorts ports, std::vector<crypto::PublicKey> keys, std::string architecture)
        : places_{std::move(places)}, ports_{std::move(ports)}, keys_{std::move(keys)}, architecture_{std::move(architecture)} {}

    /// Goes on with a trial, or takes the bundle that waits; nothing to do is success too. Blocks, up to some minutes.
    Status run();

private:
    Status install();
    Result<model::Version> unpack(int bundle);
    enum class Restart : std::uint8_t { No, Yes };
    Status try_out(Trial trial, Restart restart);
    Status confirm(const Trial& trial);
    Status go_back(const Trial& trial, const std::string& why);
    Status switch_to(const std::string& version);
    void forget_bundle();
    void remove_old(const std::string& keep, const std::string& keep_too);
    Status report(InstallOutcome outcome);
    std::string current() const;
    std::string path(const std::string& name) const { return places_.root + '/' + name; }

    InstallPlaces places_;
    InstallPorts ports_;
    std::vector<crypto::PublicKey> keys_;
    std::string architecture_;
    std::string sha256_{}, command_{};  ///< Of the bundle being taken.
};

}  // namespace vivi::openvivi_embedded
