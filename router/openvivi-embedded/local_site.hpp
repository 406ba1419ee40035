// http://vivi.lan: the local page, /me, and for every other name the page that says that a site is blocked.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "router/openvivi-embedded/local_page.hpp"
#include "router/openvivi-embedded/pin_gate.hpp"
#include "router/openvivi-embedded/policy_reader.hpp"
#include "router/openvivi-embedded/tunnel.hpp"
#include "router/openvivi-embedded/uplink_trial.hpp"

namespace vivi::openvivi_embedded {

/// Files, all of which may be absent.
struct LocalPlaces {
    std::string pin{};         ///< The PIN's hash; absent: nobody can change anything here.
    std::string claim_code{};  ///< docs/protocol.md section 8.
    std::string wish{};        ///< return.file, section 8: written here.
    std::string changes{};     ///< local.json, section 9: written here alone.
    std::string last_good{};   ///< The configuration in force, bridged's.
    std::string dial{};        ///< Socket: whoever connects asks for another connection.
    std::string probe{};       ///< URL that answers 204.
    std::string policy{};      ///< Folder of the compiled policy, bridged's.
    Seconds confirm{180};      ///< Within which an uplink or LAN that was set here must prove itself.
};

struct Known;

class LocalSite {
public:
    /// `slow` outlives it.
    /// `is_code_fresh`: whether the claim code that came last still counts; nothing: none came to this process.
    LocalSite(LocalPlaces places, std::function<TunnelState()> tunnel, std::function<std::optional<bool>()> is_code_fresh,
              net::thread_pool& slow);

    Task<http::Response> handle(http::Request request);
    /// Sees trials of uplink and LAN to their end, until cancelled.
    Task<> watch_trial();

private:
    using Form = std::map<std::string, std::string>;
    /// What a form did: a sentence; an error is why not.
    using Done = Result<std::string>;

    Task<http::Response> show(http::Request request);
    Task<http::Response> show_me(http::Request request);
    Task<http::Response> show_blocked(http::Request request);
    Task<http::Response> post(http::Request request);
    Task<http::Response> enter(http::Request request, Form form);
    Task<Done> act(std::string path, Form form);
    Task<Known> look_at_files();
    // local_topology.cpp
    Task<Done> set_uplink(Form form);
    Task<Done> set_topology(Form form);
    // local_trial.cpp
    void want_proof(model::LocalChanges& changes, bool of_uplink, bool of_lan);
    Task<Done> keep_lan();
    Task<> keep_uplink();
    Task<> begin_trial();
    Task<> take_back();
    Task<bool> has_internet();
    Task<Done> forget_all();
    Task<Done> decide_device(Form form);
    Task<Done> bypass(Form form);
    Task<Done> give_back(Form form);
    Task<Done> dial_anew();
    Task<Done> save(model::LocalChanges changes);
    Task<LocalPage> look();

    LocalPlaces places_;
    std::function<TunnelState()> tunnel_;
    std::function<std::optional<bool>()> is_code_fresh_;
    net::thread_pool& slow_;
    PolicyReader policy_;
    net::thread_pool policy_thread_{1};  // One: the reader is not for two at a time.
    std::optional<UplinkTrial> trial_{};
    std::optional<Instant> keep_until_{};  ///< A LAN is on trial: until then somebody keeps it, not before keep_from_.
    Instant keep_from_{};
    PinGate gate_{};
    std::map<std::string, Done> notices_{};  ///< By session: shown once, after the redirection.
};

}  // namespace vivi::openvivi_embedded
