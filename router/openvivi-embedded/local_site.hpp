// http://vivi.lan: the local page, /me, and for every other name the page that says that a site is blocked.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <map>
#include <string>

#include "router/openvivi-embedded/local_page.hpp"
#include "router/openvivi-embedded/pin_gate.hpp"
#include "router/openvivi-embedded/tunnel.hpp"

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
};

class LocalSite {
public:
    /// `slow` outlives it.
    LocalSite(LocalPlaces places, std::function<TunnelState()> tunnel, net::thread_pool& slow);

    Task<http::Response> handle(http::Request request);

private:
    using Form = std::map<std::string, std::string>;
    /// What a form did: a sentence; an error is why not.
    using Done = Result<std::string>;

    Task<http::Response> show(http::Request request);
    Task<http::Response> show_me(http::Request request);
    Task<http::Response> post(http::Request request);
    Task<http::Response> enter(http::Request request, Form form);
    Task<Done> act(std::string path, Form form);
    Task<Done> set_uplink(Form form);
    Task<Done> decide_device(Form form);
    Task<Done> bypass(Form form);
    Task<Done> give_back(Form form);
    Task<Done> dial_anew();
    Task<Done> save(model::LocalChanges changes);
    Task<LocalPage> look();

    LocalPlaces places_;
    std::function<TunnelState()> tunnel_;
    net::thread_pool& slow_;
    PinGate gate_{};
    std::map<std::string, Done> notices_{};  ///< By session: shown once, after the redirection.
};

}  // namespace vivi::openvivi_embedded
