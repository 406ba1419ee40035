// The steps of an update, each of which may be the last before the power goes.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/installer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "common/runtime/durable_file.hpp"
#include "common/runtime/log.hpp"
#include "common/runtime/text_files.hpp"
#include "router/openvivi-embedded/command_record.hpp"
#include "router/openvivi-embedded/unpacking.hpp"

namespace vivi::openvivi_embedded {
namespace {

namespace fs = std::filesystem;
constexpr const char* staging = ".staging";

std::unexpected<Error> refused(const std::string& path, const char* what) {
    return failed(Code::Unavailable, path + ": cannot be " + what + ": " + std::strerror(errno));
}

}  // namespace

std::string Installer::current() const {
    std::error_code error;
    return fs::read_symlink(path("current"), error).filename().string();
}

Status Installer::report(InstallOutcome outcome) {
    outcome.sha256 = sha256_;
    outcome.command = command_;
    return replace_text_file(path("outcome.json"), serialize(outcome), 0644);
}

Status Installer::run() {
    std::optional<Trial> trial;
    if (const auto text = read_text_file(path("trial"))) {
        if (auto parsed = parse_trial(*text)) trial = *std::move(parsed);
    }
    if (trial) sha256_ = trial->sha256, command_ = trial->command;
    const bool is_announced = fs::exists(places_.spool + "/ready");
    switch (resume_of(trial, current(), is_announced)) {
        case Resume::GoOn: return try_out(*trial, Restart::No);
        case Resume::GoBack: return go_back(*trial, "the machine restarted again and again with it");
        case Resume::Tidy:
            if (auto told =
                    report({.state = InstallOutcome::State::Reverted, .version = trial->version, .detail = "interrupted"});
                !told)
                return told;
            [[fallthrough]];
        case Resume::SwitchFirst: ::unlink(path("trial").c_str()); [[fallthrough]];
        case Resume::Nothing: break;
    }
    if (!is_announced) return {};
    // An unprivileged user wrote it: of use only as the id it should be.
    const auto command = read_text_file(places_.spool + "/ready");
    command_ = command && is_command_id(*command) ? *command : "";
    auto installed = install();
    if (installed) return installed;
    log::error("install.refused", {{"reason", installed.error().detail}});
    auto told = report({.state = InstallOutcome::State::Refused, .detail = installed.error().detail});
    forget_bundle();
    return told ? installed : told;
}

void Installer::forget_bundle() {
    ::unlink((places_.spool + "/ready").c_str());
    ::unlink((places_.spool + "/bundle").c_str());
    // Not synced: at worst the bundle is looked at once more and refused, since it is not newer than what runs.
}

Status Installer::install() {
    const auto file = places_.spool + "/bundle";
    const int bundle = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (bundle < 0) return refused(file, "opened");
    const auto version = unpack(bundle);
    ::close(bundle);
    if (!version) return std::unexpected{version.error()};
    Trial trial{.version = model::to_string(*version), .previous = current(), .sha256 = sha256_, .command = command_};
    if (auto noted = replace_text_file(path("trial"), serialize(trial)); !noted) return noted;
    if (auto switched = switch_to(trial.version); !switched) return switched;
    log::info("install.switched", {{"version", trial.version}, {"previous", trial.previous}});
    forget_bundle();
    return try_out(std::move(trial), Restart::Yes);
}

/// Into <version>, whole and synced under its name, or not there at all.
Result<model::Version> Installer::unpack(int bundle) {
    auto opened = open_bundle(bundle, keys_);
    if (!opened) return std::unexpected{std::move(opened).error()};
    sha256_ = opened->sha256;
    const auto& manifest = opened->head.manifest;
    const auto running = model::parse_version(current());
    if (!running) return failed(Code::Invalid, path("current") + ": leads to no version");
    const model::Installed installed{.version = *running, .architecture = architecture_, .now = ports_.now()};
    if (const auto allowed = model::may_install(manifest, installed); !allowed) return std::unexpected{allowed.error()};

    const auto beside = path(staging), target = path(model::to_string(manifest.version));
    std::error_code error;
    fs::remove_all(beside, error);
    fs::remove_all(target, error);  // Of a trial that was gone back from.
    if (auto unpacked = unpack_files(bundle, *opened, beside); !unpacked) return std::unexpected{std::move(unpacked).error()};
    if (::rename(beside.c_str(), target.c_str()) != 0) return refused(target, "made");
    if (const auto synced = sync_folder(places_.root); !synced) return std::unexpected{synced.error()};
    return manifest.version;
}

Status Installer::switch_to(const std::string& version) {
    const auto beside = path("current.new");
    ::unlink(beside.c_str());
    if (::symlink(version.c_str(), beside.c_str()) != 0) return refused(beside, "made");
    if (::rename(beside.c_str(), path("current").c_str()) != 0) return refused(path("current"), "replaced");
    return sync_folder(places_.root);
}

/// Said before anything restarts: openvivi-embedded then knows what became of the bundle whose version it is.
Status Installer::try_out(Trial trial, Restart restart) {
    ++trial.starts;
    if (auto noted = replace_text_file(path("trial"), serialize(trial)); !noted) return go_back(trial, noted.error().detail);
    if (auto told = report({.state = InstallOutcome::State::Trying, .version = trial.version}); !told)
        return go_back(trial, told.error().detail);
    if (const auto restarted = restart == Restart::Yes ? ports_.restart() : Status{}; !restarted)
        return go_back(trial, restarted.error().detail);
    const auto healthy = ports_.await_health();
    return healthy ? confirm(trial) : go_back(trial, healthy.error().detail);
}

Status Installer::confirm(const Trial& trial) {
    if (auto told = report({.state = InstallOutcome::State::Confirmed, .version = trial.version}); !told) return told;
    ::unlink(path("trial").c_str());
    if (auto synced = sync_folder(places_.root); !synced) return synced;
    remove_old(trial.version, trial.previous);
    log::info("install.confirmed", {{"version", trial.version}});
    return {};
}

Status Installer::go_back(const Trial& trial, const std::string& why) {
    log::error("install.reverted", {{"version", trial.version}, {"previous", trial.previous}, {"reason", why}});
    if (auto switched = switch_to(trial.previous); !switched) return switched;
    if (auto restarted = ports_.restart(); !restarted)
        log::error("install.restart_failed", {{"reason", restarted.error().detail}});
    if (auto told = report({.state = InstallOutcome::State::Reverted, .version = trial.version, .detail = why}); !told)
        return told;
    forget_bundle();
    ::unlink(path("trial").c_str());
    return sync_folder(places_.root);
}

/// The version that runs and the one before stay.
void Installer::remove_old(const std::string& keep, const std::string& keep_too) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator{places_.root, error}) {
        const auto name = entry.path().filename().string();
        const bool is_old = entry.is_directory(error) && !entry.is_symlink(error) && name != keep && name != keep_too;
        if (is_old && (model::parse_version(name) || name == staging)) fs::remove_all(entry.path(), error);
    }
}

}  // namespace vivi::openvivi_embedded
