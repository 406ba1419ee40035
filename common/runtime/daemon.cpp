// Command line, settings, signals and exit codes of a process.
// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/daemon.hpp"

#include <systemd/sd-daemon.h>

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "common/runtime/log.hpp"

extern char** environ;

namespace vivi {
namespace {

std::map<std::string, std::string> vivi_environment() {
    std::map<std::string, std::string> found;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view variable{*entry};
        const auto equals = variable.find('=');
        if (variable.starts_with("VIVI_") && equals != std::string_view::npos)
            found.emplace(variable.substr(0, equals), variable.substr(equals + 1));
    }
    return found;
}

Result<std::string> read_file(const std::string& path) {
    std::ifstream file{path};
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return failed(Code::NotFound, path + ": cannot be read: " + std::strerror(errno));
    return text.str();
}

Result<Settings> load(const Program& program, const std::vector<Setting>& declared, const std::string& path, bool path_was_given) {
    std::string text;
    if (auto file = read_file(path)) text = *std::move(file);
    else if (path_was_given) return std::unexpected{std::move(file).error()};
    auto settings = parse_settings(declared, text, path, vivi_environment());
    if (!settings) return settings;
    log::Level level{};
    if (!log::parse_level(settings->text("log.level"), level))
        return failed(Code::Invalid, "log.level: must be debug, info, warn or error");
    if (auto checked = program.check(*settings); !checked) return std::unexpected{std::move(checked).error()};
    return settings;
}

Task<> stop_requested() {
    net::signal_set signals{co_await net::this_coro::executor, SIGTERM, SIGINT};
    co_await signals.async_wait(net::use_awaitable);
}

Task<> answer_watchdog() {
    std::uint64_t period_us = 0;
    if (sd_watchdog_enabled(0, &period_us) <= 0) period_us = 0;
    for (;;) {
        if (period_us > 0) sd_notify(0, "WATCHDOG=1");
        co_await after(period_us > 0 ? std::chrono::duration_cast<Milliseconds>(Microseconds{period_us / 3}) : Milliseconds{60'000});
    }
}

/// Runs `body` until it ends or a signal asks it to. What it threw by itself is rethrown here.
void run_until_stopped(Task<> body) {
    using namespace net::experimental::awaitable_operators;
    net::io_context io{1};
    std::exception_ptr failure;
    bool was_asked = false;
    // The signals first: what starts second may take its time before it first waits.
    net::co_spawn(io, stop_requested() || caught(together(std::move(body), answer_watchdog()), failure),
                  [&](std::exception_ptr, const auto& first) {
                      was_asked = first.index() == 0;
                      if (was_asked) sd_notify(0, "STOPPING=1");
                      io.stop();  // Completions of what was cancelled have run by now; nothing else may keep the loop.
                  });
    io.run();
    if (failure && !was_asked) std::rethrow_exception(failure);
}

std::string settings_help(const std::vector<Setting>& declared) {
    std::string text = "Keys of the configuration file (TOML) and their environment variables:\n";
    for (const auto& setting : declared)
        text += "  " + setting.key + "  (" + environment_name(setting.key) + ")\n      " + setting.meaning + "\n";
    return text;
}

int say(const Program& program, std::string_view what, Exit exit) {
    std::cerr << "vivi-" << program.name << ": " << what << '\n';
    return static_cast<int>(exit);
}

}  // namespace

void notify_ready() { sd_notify(0, "READY=1"); }

int run_daemon(const Program& program, int argc, char** argv) {
    auto declared = program.settings;
    declared.push_back({"log.level", std::string{"info"}, "The least level that is written: debug, info, warn or error."});

    CLI::App app{program.purpose, "vivi-" + program.name};
    std::string path = "/etc/vivi/" + program.name + ".toml";
    bool check_only = false;
    const auto* given = app.add_option("--config", path, "The configuration file")->capture_default_str();
    app.add_flag("--check", check_only, "Check the configuration and exit");
    app.set_version_flag("--version", "vivi-" + program.name + " " VIVI_VERSION);
    app.footer(settings_help(declared));
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? static_cast<int>(Exit::Stopped) : static_cast<int>(Exit::Usage);
    }

    const auto settings = load(program, declared, path, given->count() > 0);
    if (!settings) return say(program, settings.error().detail, Exit::Configuration);
    if (check_only) return static_cast<int>(Exit::Stopped);

    auto level = log::Level::Info;
    log::parse_level(settings->text("log.level"), level);
    log::open(program.name, level);
    std::signal(SIGPIPE, SIG_IGN);
    try {
        log::info("process.started", {{"version", VIVI_VERSION}, {"pid", ::getpid()}});
        run_until_stopped(program.run(*settings));
        log::info("process.stopped");
        return static_cast<int>(Exit::Stopped);
    } catch (const Fatal& fatal) {
        return say(program, fatal.what(), fatal.exit);
    } catch (const std::exception& failure) {
        return say(program, failure.what(), Exit::Failed);
    }
}

}  // namespace vivi
