// The control socket.
// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/control.hpp"

#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>

#include "common/runtime/unix_socket.hpp"
#include "tests/lab/guests.hpp"

namespace vivi::lab {
namespace {

constexpr std::size_t longest_request = 256;

Status set_link(const char* state) {
    auto ran = run_once({.name = "ip", .argv = {"ip", "-n", router_namespace, "link", "set", "server0", state}});
    if (!ran) return std::unexpected{std::move(ran).error()};
    return {};
}

Status join(const Settings& settings, Supervisor& supervisor, const std::string& number) {
    const int guest = std::atoi(number.c_str());
    if (guest < 1 || guest > settings.shape.guests) return failed(Code::Invalid, "no guest " + number);
    auto spec = dhcp_client(settings, guest);
    if (!spec) return std::unexpected{std::move(spec).error()};
    const auto name = spec->name;
    auto added = supervisor.add(*std::move(spec));
    return added || added.error().code != Code::Conflict ? added : supervisor.start(name);
}

Result<std::string> answer(const Settings& settings, Supervisor& supervisor, Machine& machine, const std::string& verb,
                           const std::string& name) {
    using Verb = Status (Supervisor::*)(const std::string&);
    static const std::map<std::string, Verb> verbs{{"kill", &Supervisor::kill},
                                                   {"stop", &Supervisor::stop},
                                                   {"start", &Supervisor::start},
                                                   {"pause", &Supervisor::pause},
                                                   {"resume", &Supervisor::resume}};
    if (verb == "status") return supervisor.status().dump();
    Status done = failed(Code::Invalid, "unknown request '" + verb + "'; known: status kill stop start pause resume cut mend join leave power-on");
    if (verb == "cut") done = set_link("down");
    else if (verb == "mend") done = set_link("up");
    else if (verb == "join") done = join(settings, supervisor, name);
    else if (verb == "power-on") done = machine.power_on();
    else if (verb == "leave") done = supervisor.stop("guest" + name + ".dhcp");
    else if (const auto found = verbs.find(verb); found != verbs.end()) done = (supervisor.*found->second)(name);
    if (!done) return std::unexpected{std::move(done).error()};
    return std::string{"ok"};
}

Task<> serve_one(UnixSocket socket, const Settings& settings, Supervisor& supervisor, Machine& machine) {
    std::string request;
    const auto [error, size] =
        co_await net::async_read_until(socket, net::dynamic_buffer(request, longest_request), '\n', as_value);
    if (error) co_return;
    request.resize(size - 1);
    const auto space = request.find(' ');
    const auto result = answer(settings, supervisor, machine, request.substr(0, space), space == std::string::npos ? "" : request.substr(space + 1));
    const auto text = (result ? *result : "error: " + result.error().detail) + "\n";
    co_await net::async_write(socket, net::buffer(text), as_value);
}

}  // namespace

Task<> serve_control(const Settings& settings, Supervisor& supervisor, Machine& machine) {
    auto acceptor = listen_unix(co_await net::this_coro::executor, settings.path("control.sock"));
    for (;;) co_await serve_one(co_await acceptor.async_accept(net::use_awaitable), settings, supervisor, machine);
}

Result<std::string> ask(const Settings& settings, const std::string& request) {
    net::io_context io;
    UnixSocket socket{io};
    boost::system::error_code error;
    socket.connect({settings.path("control.sock")}, error);
    if (error) return failed(Code::Unavailable, "no lab runs in " + settings.state + "; start it with deploy/demo/run");
    net::write(socket, net::buffer(request + "\n"), error);
    std::string text;
    net::read_until(socket, net::dynamic_buffer(text), '\n', error);
    if (!text.empty()) text.pop_back();
    if (text.starts_with("error: ")) return failed(Code::Invalid, text.substr(7));
    if (text.empty()) return failed(Code::Unavailable, "the lab did not answer");
    return text;
}

}  // namespace vivi::lab
