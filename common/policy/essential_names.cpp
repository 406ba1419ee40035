// The table of essential names, each with where it comes from and why it stands alone or with what is below.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/essential_names.hpp"

#include <array>

namespace vivi::policy {
namespace {

constexpr bool alone = false, with_below = true;

constexpr std::array names{
    // Android: packages/modules/NetworkStack, res/values/config.xml (config_captive_portal_http_url and _https_url). The
    // fallbacks
    // there, www.google.com and play.googleapis.com, are services of their own and stay out.
    EssentialName{"connectivitycheck.gstatic.com", alone}, EssentialName{"connectivitycheck.android.com", alone},
    EssentialName{"connectivitycheck.grapheneos.network", alone},  // https://grapheneos.org/faq#default-connections
    // ChromeOS: platform2/shill, portal_detector.h (kDefaultHttpUrl). The host serves Google's static files, nobody's content;
    // not
    // fonts.gstatic.com or the rest of the domain.
    EssentialName{"www.gstatic.com", alone},
    // iOS, iPadOS, macOS: "Use Apple products on enterprise networks", https://support.apple.com/101555.
    EssentialName{"captive.apple.com", alone},
    // Windows: "NCSI overview", https://learn.microsoft.com/windows-server/networking/ncsi/ncsi-overview. Both domains serve
    // nothing
    // else; the IPv6 and DNS probes are hosts below them.
    EssentialName{"msftconnecttest.com", with_below}, EssentialName{"msftncsi.com", with_below},
    // Firefox: captivedetect.canonicalURL, https://support.mozilla.org/kb/captive-portal.
    EssentialName{"detectportal.firefox.com", alone},
    // NetworkManager.conf(5), [connectivity] uri, as distributions set it.
    EssentialName{"nmcheck.gnome.org", alone}, EssentialName{"network-test.debian.org", alone},
    EssentialName{"connectivity-check.ubuntu.com", alone}, EssentialName{"ping.archlinux.org", alone},
    EssentialName{"networkcheck.kde.org", alone},
    // Time. https://www.ntppool.org/use.html: zones and vendors are names below pool.ntp.org, all of them time servers.
    EssentialName{"pool.ntp.org", with_below},
    EssentialName{"time.apple.com", alone},  // https://support.apple.com/101555, with the regional ones.
    EssentialName{"time-ios.apple.com", alone}, EssentialName{"time-macos.apple.com", alone},
    EssentialName{"time.euro.apple.com", alone}, EssentialName{"time.asia.apple.com", alone},
    EssentialName{"time.windows.com", alone},  // https://learn.microsoft.com/windows-server/networking/windows-time-service
    EssentialName{"time.google.com", alone},   // https://developers.google.com/time/guides
    EssentialName{"time1.google.com", alone}, EssentialName{"time2.google.com", alone}, EssentialName{"time3.google.com", alone},
    EssentialName{"time4.google.com", alone},
    EssentialName{"time.android.com", alone},     // Android: frameworks/base, core/res/res/values/config.xml, config_ntpServers.
    EssentialName{"time.cloudflare.com", alone},  // https://developers.cloudflare.com/time-services/ntp
    EssentialName{"ntp.ubuntu.com", alone},       // timesyncd.conf(5) of Ubuntu.
    EssentialName{"time.nist.gov", alone},        // https://tf.nist.gov/tf-cgi/servers.cgi
};

}  // namespace

std::span<const EssentialName> essential_names() noexcept { return names; }

}  // namespace vivi::policy
