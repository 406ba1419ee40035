// What runs in a guest's namespace.
// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/guests.hpp"

#include <array>
#include <cstdlib>

#include "tests/lab/internet.hpp"

namespace vivi::lab {
namespace {

constexpr std::array<const char*, 12> host_names{"Alices-iPhone",  "bobs-laptop",   "Pixel-9",  "stage-mixer",  "ticket-desk-1", "carols-ipad",
                                                 "gaming-rig-07", "press-macbook", "",         "food-truck-pos", "Galaxy-S26",    "steamdeck"};

std::string folder_of(const Settings& settings, int guest) { return settings.path("guests/" + std::to_string(guest)); }

/// Each guest has a resolv.conf of its own, which its DHCP client fills.
std::pair<std::string, std::string> resolver_file(const Settings& settings, int guest) {
    return {folder_of(settings, guest) + "/resolv.conf", "/etc/resolv.conf"};
}

}  // namespace

Status prepare_guests(const Settings& settings) {
    for (int guest = 1; guest <= settings.shape.guests; ++guest) {
        if (auto written = write_file(resolver_file(settings, guest).first, ""); !written) return written;
    }
    return {};
}

Result<Spec> dhcp_client(const Settings& settings, int guest) {
    const auto folder = folder_of(settings, guest);
    const std::string host = host_names.at(static_cast<std::size_t>(guest - 1) % host_names.size());
    Spec spec{.name = "guest" + std::to_string(guest) + ".dhcp",
              .network_namespace = guest_namespace(guest),
              .files = {resolver_file(settings, guest)}};
    const auto script = settings.scripts + "/guest-dhcp";
    if (guest % 2 == 1) {
        const auto name_line = host.empty() ? std::string{} : "send host-name \"" + host + "\";\n";
        if (auto written = write_file(folder + "/dhclient.conf", name_line +
                                                                     "initial-interval 1;\nbackoff-cutoff 2;\nretry 5;\ntimeout 20;\n"
                                                                     "request subnet-mask, routers, domain-name-servers, domain-name;\n");
            !written)
            return std::unexpected{written.error()};
        spec.argv = {"dhclient", "-4", "-d", "-sf", script, "-cf", folder + "/dhclient.conf", "-lf", folder + "/leases", "-pf",
                     folder + "/dhclient.pid", "eth0"};
    } else {
        spec.argv = {"udhcpc", "-f", "-i", "eth0", "-s", script, "-t", "20", "-T", "1", "-A", "3", "-R"};
        if (!host.empty()) spec.argv.insert(spec.argv.end(), {"-x", "hostname:" + host});
    }
    return spec;
}

Result<Spec> person(const Settings& settings, int guest) {
    std::string sites;
    for (const auto name : site_names()) sites.append(name).append(" ");
    return Spec{.name = "guest" + std::to_string(guest) + ".person",
                .argv = {settings.scripts + "/guest-person"},
                .network_namespace = guest_namespace(guest),
                .environment = {{"SITES", sites}, {"CA", settings.path("ca.crt")}, {"SEED", std::to_string(guest)}},
                .files = {resolver_file(settings, guest)}};
}

void run_in(const Settings& settings, const std::string& place, std::vector<std::string> command) {
    Spec spec{.name = place, .argv = std::move(command), .network_namespace = "vivi-" + place};
    if (place.starts_with("guest")) spec.files.push_back(resolver_file(settings, std::atoi(place.c_str() + 5)));
    become_program(spec);
}

}  // namespace vivi::lab
