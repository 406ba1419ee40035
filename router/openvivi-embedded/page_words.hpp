// The local page's texts, in English and French. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "common/http/message.hpp"

namespace vivi::openvivi_embedded {

struct PageWords {
    std::string_view language, title, link, online, offline, since, why, claim, claim_hint, claim_none, pin, pin_hint, enter,
        wrong, throttled, no_pin, leave, tests, test_uplink, test_hub, portal, portal_hint, uplink, uplink_hint, interface, vlan,
        by_dhcp, by_hand, address, gateway, keep, devices, device_hint, minutes, ban, allow, forget, bypass, bypass_hint,
        bypass_on, bypass_start, bypass_end, give_back, give_back_hint, give_back_sure, give_back_now, done, refused, me, me_code,
        me_free, me_denied, me_rule, me_ask, me_contact, topology, wired_inline, wired_stick, wired_one_armed, on_trial,
        taken_back, reset, reset_hint, ports, ports_hint, lan_ports, lan_on_trial, lan_keep;
};

/// By the first language of Accept-Language; a browser names the preferred one first (RFC 9110 section 12.5.4).
const PageWords& page_words(const http::Request& request);

/// Why no hub is reached, for people: `reason` as the tunnel says it, and what to do. Nothing that is not understood is hidden.
std::string why_offline_in_words(std::string_view reason, const PageWords& words);

/// Of text in HTML (HTML Standard section 13.1.2): & < > " '
std::string escaped(std::string_view text);

}  // namespace vivi::openvivi_embedded
