// sd-bus calls to systemd and logind (sd-bus(3), org.freedesktop.systemd1(5), org.freedesktop.login1(5)).
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/units.hpp"

#include <systemd/sd-bus.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>

namespace vivi::openvivi_embedded {
namespace {

constexpr Microseconds most_waiting{3'000'000};  // A process that is asked to stop has 5 s.
constexpr const char* systemd = "org.freedesktop.systemd1";
constexpr const char* systemd_manager = "org.freedesktop.systemd1.Manager";
constexpr const char* systemd_unit = "org.freedesktop.systemd1.Unit";
constexpr const char* systemd_service = "org.freedesktop.systemd1.Service";

struct Closed {
    void operator()(sd_bus* bus) const noexcept { sd_bus_flush_close_unref(bus); }
};
using Bus = std::unique_ptr<sd_bus, Closed>;

struct Released {
    void operator()(sd_bus_message* message) const noexcept { sd_bus_message_unref(message); }
    void operator()(char* text) const noexcept { std::free(text); }
};
using Message = std::unique_ptr<sd_bus_message, Released>;
using Text = std::unique_ptr<char, Released>;

/// The call went out and its answer never came. A bus that is taken down after the call is one of the cases: the machine that was
/// told to go down can be quicker than its answer.
bool is_answer_lost(int result) noexcept {
    return result == -ETIMEDOUT || result == -ECONNRESET || result == -ENOTCONN || result == -EPIPE;
}

/// sd_bus_error(3), freed at the end of its scope.
class BusError {
public:
    BusError() = default;
    BusError(const BusError&) = delete;
    BusError& operator=(const BusError&) = delete;
    ~BusError() { sd_bus_error_free(&error_); }
    sd_bus_error* get() noexcept { return &error_; }

    /// What a failed call means; `result` is its negative errno.
    std::unexpected<Error> as_failure(std::string context, int result) const {
        const std::string_view name = error_.name == nullptr ? "" : error_.name;
        const std::string reason = error_.message == nullptr ? std::strerror(-result) : error_.message;
        const auto code = name == SD_BUS_ERROR_ACCESS_DENIED || name == SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED ||
                                  result == -EACCES || result == -EPERM
                              ? Code::Denied
                          : name == "org.freedesktop.systemd1.NoSuchUnit" ? Code::NotFound
                          : is_answer_lost(result)                        ? Code::Timeout
                                                                          : Code::Unavailable;
        return failed(code, std::move(context) + ": " + reason);
    }

private:
    sd_bus_error error_{nullptr, nullptr, 0};  // SD_BUS_ERROR_NULL
};

Result<Bus> open_bus(const std::string& address) {
    sd_bus* raw = nullptr;
    int result = 0;
    if (address.empty()) {
        result = sd_bus_open_system(&raw);
    } else if (result = sd_bus_new(&raw); result >= 0) {
        result = sd_bus_set_address(raw, address.c_str());
        if (result >= 0) result = sd_bus_set_bus_client(raw, 1);
        if (result >= 0) result = sd_bus_start(raw);
    }
    Bus bus{raw};
    if (result < 0) return failed(Code::Unavailable, std::string{"no D-Bus: "} + std::strerror(-result));
    sd_bus_set_method_call_timeout(bus.get(), static_cast<std::uint64_t>(most_waiting.count()));
    return bus;
}

/// Reads one unit's properties; the first failure is kept, what follows is skipped.
class Properties {
public:
    Properties(sd_bus* bus, std::string path) : bus_{bus}, path_{std::move(path)} {}

    std::string text(const char* interface, const char* name) {
        char* raw = nullptr;
        if (result_ >= 0) result_ = sd_bus_get_property_string(bus_, systemd, path_.c_str(), interface, name, error_.get(), &raw);
        const Text text{raw};
        return raw == nullptr ? std::string{} : std::string{raw};
    }
    template <class Number>
    Number number(const char* interface, const char* name, char type) {
        Number value{};
        if (result_ >= 0)
            result_ = sd_bus_get_property_trivial(bus_, systemd, path_.c_str(), interface, name, error_.get(), type, &value);
        return value;
    }
    /// Unit.Job is (uo): the number of the job in the queue, 0 for none.
    bool has_job() {
        sd_bus_message* raw = nullptr;
        if (result_ >= 0)
            result_ = sd_bus_get_property(bus_, systemd, path_.c_str(), systemd_unit, "Job", error_.get(), &raw, "(uo)");
        const Message message{raw};
        std::uint32_t number = 0;
        const char* path = nullptr;
        if (result_ >= 0) result_ = sd_bus_message_read(raw, "(uo)", &number, &path);
        return number != 0;
    }
    int result() const noexcept { return result_; }
    const BusError& error() const noexcept { return error_; }

private:
    sd_bus* bus_;
    std::string path_;
    int result_ = 0;
    BusError error_{};
};

}  // namespace

nlohmann::json to_json(const UnitState& unit) {
    return {{"service", unit.service},
            {"load_state", unit.load_state},
            {"active_state", unit.active_state},
            {"sub_state", unit.sub_state},
            {"result", unit.result},
            {"restarts", unit.restarts},
            {"pid", unit.pid},
            {"active_since_ms", to_unix_ms(unit.active_since)},
            {"has_job", unit.has_job}};
}

Result<UnitState> Units::state(const std::string& service, const std::string& unit) const {
    auto bus = open_bus(address_);
    if (!bus) return std::unexpected{std::move(bus).error()};
    char* raw = nullptr;
    if (sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit.c_str(), &raw) < 0)
        return failed(Code::Invalid, unit + ": is no name of a unit");
    const Text path{raw};
    Properties in{bus->get(), raw};
    UnitState state{.service = service};
    state.load_state = in.text(systemd_unit, "LoadState");
    state.active_state = in.text(systemd_unit, "ActiveState");
    state.sub_state = in.text(systemd_unit, "SubState");
    const auto since = in.number<std::uint64_t>(systemd_unit, "ActiveEnterTimestamp", 't');  // µs since 1970
    state.active_since = from_unix_ms(static_cast<std::int64_t>(since / 1000));
    state.has_job = in.has_job();
    state.result = in.text(systemd_service, "Result");
    state.restarts = in.number<std::uint32_t>(systemd_service, "NRestarts", 'u');
    state.pid = in.number<std::uint32_t>(systemd_service, "MainPID", 'u');
    if (in.result() < 0) return in.error().as_failure(unit, in.result());
    return state;
}

Status Units::queue(UnitVerb verb, const std::string& unit) const {
    const auto bus = open_bus(address_);
    if (!bus) return std::unexpected{bus.error()};
    const char* const method = verb == UnitVerb::Start ? "StartUnit" : verb == UnitVerb::Stop ? "StopUnit" : "RestartUnit";
    BusError error;
    const int result = sd_bus_call_method(bus->get(), systemd, "/org/freedesktop/systemd1", systemd_manager, method, error.get(),
                                          nullptr, "ss", unit.c_str(), "replace");
    if (result < 0) return error.as_failure(unit, result);
    return {};
}

Status Units::power(PowerVerb verb) const {
    const auto bus = open_bus(address_);
    if (!bus) return std::unexpected{bus.error()};
    const char* const method = verb == PowerVerb::Reboot ? "Reboot" : "PowerOff";
    BusError error;
    const int interactive = 0;
    const int result = sd_bus_call_method(bus->get(), "org.freedesktop.login1", "/org/freedesktop/login1",
                                          "org.freedesktop.login1.Manager", method, error.get(), nullptr, "b", interactive);
    if (result < 0) return error.as_failure(method, result);
    return {};
}

}  // namespace vivi::openvivi_embedded
