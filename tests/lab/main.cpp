// vivi-lab: a simulated event on one machine; the demo and the tests use the same one.
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>

#include "tests/lab/control.hpp"
#include "tests/lab/event.hpp"
#include "tests/lab/forward.hpp"
#include "tests/lab/guests.hpp"

namespace {

std::string own_folder() {
    std::error_code error;
    return std::filesystem::read_symlink("/proc/self/exe", error).parent_path().string();
}

}  // namespace

int main(int argc, char** argv) {
    vivi::lab::Settings settings;
    settings.programs = own_folder();
    bool idle = false;
    CLI::App app{"A simulated event on one machine: router, server, internet and guests in network namespaces.", "vivi-lab"};
    app.require_subcommand(1);
    app.add_option("--state", settings.state, "Folder for everything the lab writes; emptied at start")->capture_default_str();

    auto* run = app.add_subcommand("run", "Run the event until Ctrl-C");
    run->add_option("--guests", settings.shape.guests, "How many guests come")->capture_default_str()->check(CLI::Range(0, 200));
    run->add_option("--web-port", settings.web_port, "The dashboard's port on 127.0.0.1")->capture_default_str();
    run->add_option("--web-root", settings.web_root, "The built dashboard")->required();
    run->add_option("--scripts", settings.scripts, "The folder of guest-dhcp and guest-person")->required();
    run->add_flag("--server-only", settings.shape.server_only, "Only the server side, with one simulated router");
    run->add_flag("--one-armed", settings.shape.one_armed, "The router has one interface for guests and uplink");
    run->add_flag("--idle", idle, "Guests wait for `ctl join N`; nobody browses");
    run->add_flag("--shift-clock", settings.shifts_clock,
                  "The router's wall clock is off by the seconds in <state>/clock-shift (eight bytes, as the machine has them)");
    run->add_flag("--json", settings.json, "Print one JSON object when it runs");

    auto* stop = app.add_subcommand("stop", "Stop the running event and remove what a killed one left");
    auto* ctl =
        app.add_subcommand("ctl", "Ask the running event: status, kill|stop|start|pause|resume NAME, cut, mend, join|leave N, power-on");
    std::vector<std::string> words;
    ctl->add_option("request", words)->required();

    auto* exec =
        app.add_subcommand("exec", "Run a command as a guest (guest3), on the router, server or internet: exec guest3 curl …");
    exec->prefix_command();
    std::string place;
    exec->add_option("place", place)->required();

    auto* forward = app.add_subcommand("forward", "Relay 127.0.0.1:PORT here to 127.0.0.1:TARGET in a namespace")->group("");
    std::uint16_t port = 0;
    std::uint16_t target = 0;
    std::string network_namespace;
    forward->add_option("port", port)->required();
    forward->add_option("namespace", network_namespace)->required();
    forward->add_option("target", target)->required();

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 64;
    }
    settings.guests_browse = !idle;
    if (run->parsed()) return vivi::lab::run_event(settings);
    if (stop->parsed()) return vivi::lab::stop_event(settings);
    if (forward->parsed()) return vivi::lab::forward(port, network_namespace, target);
    if (exec->parsed()) vivi::lab::run_in(settings, place, exec->remaining());
    std::string request;
    for (const auto& word : words) request += (request.empty() ? "" : " ") + word;
    const auto answer = vivi::lab::ask(settings, request);
    (answer ? std::cout : std::cerr) << (answer ? *answer : "vivi-lab: " + answer.error().detail) << '\n';
    return answer ? 0 : 1;
}
