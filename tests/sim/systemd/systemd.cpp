// The server's end of sd-bus(3), one connection a client, without a broker between.
// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/systemd/systemd.hpp"

#include <systemd/sd-bus.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>

#include "common/core/crypto.hpp"
#include "common/runtime/task_group.hpp"
#include "common/runtime/unix_socket.hpp"

namespace vivi::sim {
namespace {

constexpr const char* manager = "org.freedesktop.systemd1.Manager";
constexpr const char* login = "org.freedesktop.login1.Manager";
constexpr const char* properties = "org.freedesktop.DBus.Properties";

struct Closed {
    void operator()(sd_bus* bus) const noexcept { sd_bus_flush_close_unref(bus); }
};
using Bus = std::unique_ptr<sd_bus, Closed>;

int refuse(sd_bus_message* message, const Error& error) {
    const auto* const name =
        error.code == Code::NotFound ? "org.freedesktop.systemd1.NoSuchUnit" : "org.freedesktop.DBus.Error.Failed";
    sd_bus_reply_method_errorf(message, name, "%s", error.detail.c_str());
    return 1;
}

std::string unit_at(const char* path) {
    char* raw = nullptr;
    if (path == nullptr || sd_bus_path_decode(path, "/org/freedesktop/systemd1/unit", &raw) <= 0) return {};
    std::string name{raw};
    std::free(raw);
    return name;
}

int tell_property(Machine& machine, sd_bus_message* message) {
    const char* interface = nullptr;
    const char* raw_name = nullptr;
    if (sd_bus_message_read(message, "ss", &interface, &raw_name) < 0) return 0;
    const std::string name{raw_name};
    const auto unit = machine.unit(unit_at(sd_bus_message_get_path(message)));
    const std::map<std::string, std::string> texts{
        {"LoadState", unit.load_state}, {"ActiveState", unit.active_state}, {"SubState", unit.sub_state}, {"Result", "success"}};
    if (const auto text = texts.find(name); text != texts.end())
        sd_bus_reply_method_return(message, "v", "s", text->second.c_str());
    else if (name == "ActiveEnterTimestamp")
        sd_bus_reply_method_return(message, "v", "t", static_cast<std::uint64_t>(to_unix_ms(unit.active_since)) * 1000);
    else if (name == "Job")
        sd_bus_reply_method_return(message, "v", "(uo)", unit.has_job ? 1U : 0U, "/");
    else if (name == "NRestarts" || name == "MainPID")
        sd_bus_reply_method_return(message, "v", "u", name == "MainPID" ? unit.pid : unit.restarts);
    else
        return 0;  // sd-bus itself says that there is none.
    return 1;
}

std::optional<UnitVerb> unit_verb(sd_bus_message* message) {
    if (sd_bus_message_is_method_call(message, manager, "StartUnit") > 0) return UnitVerb::Start;
    if (sd_bus_message_is_method_call(message, manager, "StopUnit") > 0) return UnitVerb::Stop;
    if (sd_bus_message_is_method_call(message, manager, "RestartUnit") > 0) return UnitVerb::Restart;
    return std::nullopt;
}

std::optional<PowerVerb> power_verb(sd_bus_message* message) {
    if (sd_bus_message_is_method_call(message, login, "Reboot") > 0) return PowerVerb::Reboot;
    if (sd_bus_message_is_method_call(message, login, "PowerOff") > 0) return PowerVerb::PowerOff;
    return std::nullopt;
}

/// sd_bus_message_handler_t: 1 where it was for us.
int answer(sd_bus_message* message, void* userdata, sd_bus_error*) {
    auto& machine = *static_cast<Machine*>(userdata);
    if (sd_bus_message_is_method_call(message, "org.freedesktop.DBus", "Hello") > 0) {
        sd_bus_reply_method_return(message, "s", ":1.1");
        return 1;
    }
    if (sd_bus_message_is_method_call(message, properties, "Get") > 0) return tell_property(machine, message);
    if (const auto verb = unit_verb(message)) {
        const char* name = nullptr;
        const char* mode = nullptr;
        if (sd_bus_message_read(message, "ss", &name, &mode) < 0) return 0;
        if (const auto queued = machine.queue(*verb, name); !queued) return refuse(message, queued.error());
        sd_bus_reply_method_return(message, "o", "/org/freedesktop/systemd1/job/1");
        return 1;
    }
    if (const auto verb = power_verb(message)) {
        if (const auto done = machine.power(*verb); !done)
            return done.error().code == Code::Timeout ? -ECONNRESET : refuse(message, done.error());
        sd_bus_reply_method_return(message, "");
        return 1;
    }
    return 0;
}

/// Of a connected socket, which it takes. Nothing when sd-bus will not have it.
Bus accept_bus(int socket, Machine& machine) {
    sd_bus* raw = nullptr;
    if (sd_bus_new(&raw) < 0) return {};
    Bus bus{raw};
    sd_id128_t id{};
    if (sd_bus_set_fd(raw, socket, socket) < 0) return {};
    const bool is_set = sd_id128_randomize(&id) >= 0 && sd_bus_set_server(raw, 1, id) >= 0 && sd_bus_set_trusted(raw, 1) >= 0 &&
                        sd_bus_add_filter(raw, nullptr, answer, &machine) >= 0;
    if (!is_set || sd_bus_start(raw) < 0) return {};
    return bus;
}

Task<> serve_one(UnixSocket socket, Machine& machine) {
    const auto bus = accept_bus(socket.release(), machine);
    if (!bus) co_return;
    net::posix::stream_descriptor ready{co_await net::this_coro::executor, sd_bus_get_fd(bus.get())};
    for (;;) {
        int did = 0;
        while ((did = sd_bus_process(bus.get(), nullptr)) > 0) {
        }
        if (did < 0) break;
        const auto [error] = co_await ready.async_wait(net::posix::stream_descriptor::wait_read, as_value);
        if (error) break;
    }
    ready.release();  // sd-bus closes it.
}

}  // namespace

std::string bus_address(const std::string& socket) { return "unix:path=" + socket; }

Task<> serve_systemd(Machine& machine, std::string socket) {
    const auto executor = co_await net::this_coro::executor;
    auto acceptor = listen_unix(executor, socket);
    TaskGroup clients{executor};
    const auto accepting = [&]() -> Task<> {
        for (;;) clients.start(serve_one(co_await acceptor.async_accept(net::use_awaitable), machine));
    };
    co_await together(clients.run(), accepting());
}

std::string new_boot_id() {
    auto text = crypto::random_id(16);
    for (const std::size_t at : {20U, 16U, 12U, 8U}) text.insert(at, "-");
    return text;
}

}  // namespace vivi::sim
