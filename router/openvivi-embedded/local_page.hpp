// The page of http://vivi.lan as HTML without a script: what the router is at, and with the PIN what can be changed at it. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/http/message.hpp"
#include "common/model/local_changes.hpp"
#include "router/openvivi-embedded/blocked_by.hpp"
#include "router/openvivi-embedded/page_words.hpp"

namespace vivi::openvivi_embedded {

enum class PinState : std::uint8_t { None, Asked, Wrong, Throttled, Open };

struct LocalPage {
    bool is_connected = false;
    Seconds since{};            ///< Connected or not for so long.
    std::string hub{};          ///< "hub.example.org:2222"
    std::string why_offline{};  ///< As the tunnel says it.
    PinState pin = PinState::Asked;
    std::string claim_code{};  ///< Empty: none to show.
    std::string notice{};      ///< What became of the last form, for people; empty: nothing.
    bool is_refused = false;   ///< It was not done.
    model::LocalChanges changes{};
    std::optional<model::Uplink> uplink{};  ///< In force.
    std::optional<Seconds> trial_left{};    ///< So long `uplink` may take to prove itself; nothing: it is on no trial.
    std::string lan{};                      ///< The first network's device.
    std::vector<std::string> interfaces{};  ///< Of this machine.
    std::vector<std::string> lan_ports{};   ///< Those of them that are the LAN now.
    std::optional<Seconds> keep_left{};     ///< So long somebody may take to keep the LAN; nothing: it is on no trial.
    WallTime now{};
};

/// The whole page. Without an open session nothing of the claim code, the changes or the uplink is in it, and no form but the
/// PIN's.
std::string render(const LocalPage& page, const PageWords& words);

/// What a guest sees at /me.
struct MePage {
    std::string code{};             ///< Empty: the device is not known.
    std::optional<BlockedBy> by{};  ///< What blocks the device as such.
    std::string contact{};          ///< Whom to ask (Configuration::contact); empty: the organisers.
};
std::string render(const MePage& page, const PageWords& words);

/// Six characters of Crockford's base 32 that stand for a device: SHA-256 of "vivi-device/1" and its MAC. Nobody reads the MAC
/// out of it.
std::string device_code(Mac device);

/// The MAC beside `address` in the text of /proc/net/arp (proc_net(5)); nothing when it is not there.
std::optional<Mac> parse_arp(std::string_view text, std::string_view address);

/// An HTML answer that loads nothing, runs nothing and is kept by nobody.
http::Response html_response(int status, std::string body, const PageWords& words, http::Headers more = {});

}  // namespace vivi::openvivi_embedded
