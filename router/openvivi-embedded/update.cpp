// Spooling with resume, the first check, and the hand-over to root.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/update.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "common/runtime/blocking.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/durable_file.hpp"
#include "common/runtime/text_files.hpp"
#include "router/openvivi-embedded/install_state.hpp"
#include "router/openvivi-embedded/unpacking.hpp"

namespace vivi::openvivi_embedded {
namespace {

namespace fs = std::filesystem;
constexpr Seconds most_silence{3'600};     // A bundle whose bytes stop coming is given up.
constexpr Seconds most_installing{1'200};  // Unpacking, 180 s of trial, going back.

std::unexpected<Error> refused(const std::string& path, const char* what) {
    return failed(Code::Unavailable, path + ": cannot be " + what + ": " + std::strerror(errno));
}

/// At `offset`, on the disk when it returns.
Status write_piece(const std::string& path, std::uint64_t offset, std::string_view bytes) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (file < 0) return refused(path, "opened");
    bool is_written = true;
    for (std::size_t done = 0; is_written && done < bytes.size();) {
        const auto n = ::pwrite(file, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
        is_written = n > 0 || (n < 0 && errno == EINTR);
        if (n > 0) done += static_cast<std::size_t>(n);
    }
    is_written = is_written && ::fdatasync(file) == 0;
    auto outcome = is_written ? Status{} : Status{refused(path, "written")};
    ::close(file);
    return outcome;
}

/// The whole bundle against its signature, its manifest, the announcement and this router.
Status check_bundle(const std::string& path, const UpdateOptions& options, const Announcement& announcement, WallTime now) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0) return refused(path, "opened");
    const auto check = [&]() -> Status {
        const auto opened = open_bundle(file, options.keys);
        if (!opened) return std::unexpected{opened.error()};
        if (auto announced = is_announced(opened->head, opened->sha256, announcement); !announced) return announced;
        if (auto whole = verify_files(file, *opened); !whole) return whole;
        std::error_code error;
        const auto running = model::parse_version(fs::read_symlink(options.root + "/current", error).filename().string());
        if (!running) return failed(Code::Unavailable, options.root + "/current: leads to no version");
        return model::may_install(opened->head.manifest, {.version = *running, .architecture = options.architecture, .now = now});
    };
    auto outcome = check();
    ::close(file);
    return outcome;
}

}  // namespace

Update::Update(net::any_io_executor executor, net::thread_pool& slow, UpdateOptions options)
    : slow_{slow}, options_{std::move(options)}, came_{std::move(executor)} {}

Task<std::optional<std::string>> Update::restore() {
    auto kept = co_await blocking(slow_, [file = path("announcement.json")]() -> Result<Announcement> {
        const auto text = read_text_file(file);
        if (!text) return std::unexpected{text.error()};
        return parse_announcement(*text);
    });
    if (!kept) co_return std::nullopt;
    announcement_ = *std::move(kept);
    stage_ = Stage::Preparing;
    co_return announcement_.command;
}

Status Update::may_announce(const Announcement& announcement) const {
    if (options_.keys.empty()) return failed(Code::Denied, "release.keys is empty: no bundle can be verified");
    if (announcement.architecture != options_.architecture)
        return failed(Code::Denied, "the bundle is for " + announcement.architecture + ", this is " + options_.architecture);
    if (stage_ != Stage::Idle) return failed(Code::Conflict, "another update is being taken");
    return {};
}

Work Update::work(Announcement announcement) {
    return [this, announcement = std::move(announcement)](std::function<void(int)> progress) {
        return begin(announcement, std::move(progress));
    };
}

Task<Result<Outcome>> Update::begin(Announcement announcement, std::function<void(int)> progress) {
    if (const auto allowed = may_announce(announcement); !allowed) co_return std::unexpected{allowed.error()};
    announcement_ = std::move(announcement);
    stage_ = Stage::Preparing;
    co_return co_await carry_out(std::move(progress));
}

void Update::abandon() {
    ::unlink(path("announcement.json").c_str());
    stage_ = Stage::Idle;
}

Work Update::resumed_work() {
    return [this](std::function<void(int)> progress) { return carry_out(std::move(progress)); };
}

Task<Result<Outcome>> Update::carry_out(std::function<void(int)> progress) {
    auto outcome = co_await to_the_end(std::move(progress));
    last_ = outcome ? outcome->detail : outcome.error().detail;
    co_await blocking(slow_, [announced = path("announcement.json"), bundle = path("bundle"), is_done = outcome.has_value()] {
        ::unlink(announced.c_str());
        if (is_done) ::unlink(bundle.c_str());  // Otherwise it is of use when the same is announced again.
    });
    stage_ = Stage::Idle;
    co_return outcome;
}

Task<Result<Outcome>> Update::to_the_end(std::function<void(int)> progress) {
    // After a restart the bundle may be in root's hands already, or have been.
    const auto has_outcome = co_await blocking(slow_, [this] {
        const auto text = read_text_file(options_.root + "/outcome.json");
        const auto outcome = text ? parse_install_outcome(*text) : Result<InstallOutcome>{std::unexpected{text.error()}};
        return fs::exists(path("ready")) || (outcome && outcome->command == announcement_.command);
    });
    if (!has_outcome) {
        if (auto begun = co_await begin_spool(); !begun) co_return std::unexpected{std::move(begun).error()};
        if (auto whole = co_await receive(progress); !whole) co_return std::unexpected{std::move(whole).error()};
        if (auto given = co_await hand_over(); !given) co_return std::unexpected{std::move(given).error()};
    }
    stage_ = Stage::Installing;
    co_return co_await hear();
}

/// Keeps what is there of the same bundle; of another, nothing.
Task<Status> Update::begin_spool() {
    const auto begin = [this]() -> Result<std::uint64_t> {
        std::error_code error;
        fs::create_directories(options_.folder, error);
        const auto known = read_text_file(path("spooled"));
        const bool is_same = known && *known == announcement_.sha256;
        if (!is_same) ::unlink(path("bundle").c_str());
        if (auto noted = replace_text_file(path("announcement.json"), serialize(announcement_)); !noted)
            return std::unexpected{std::move(noted).error()};
        if (auto noted = replace_text_file(path("spooled"), announcement_.sha256); !noted)
            return std::unexpected{std::move(noted).error()};
        const auto size = fs::file_size(path("bundle"), error);
        if (!error && size <= announcement_.size_bytes) return size;
        ::unlink(path("bundle").c_str());
        return 0;
    };
    const auto size = co_await blocking(slow_, begin);
    if (!size) co_return std::unexpected{size.error()};
    received_ = *size;
    stage_ = Stage::Receiving;
    co_return Status{};
}

Task<Status> Update::receive(std::function<void(int)> progress) {
    while (received_ < announcement_.size_bytes) {
        const auto before = received_;
        progress(static_cast<int>(received_ * 90 / announcement_.size_bytes));
        co_await came_.wait_until(now() + most_silence);
        if (received_ == before) co_return failed(Code::Timeout, "no byte of the bundle came for an hour");
    }
    progress(90);
    co_return Status{};
}

Task<Result<std::uint64_t>> Update::take(std::uint64_t offset, std::string bytes) {
    if (stage_ != Stage::Receiving || is_writing_ || offset != received_ || bytes.empty() ||
        bytes.size() > announcement_.size_bytes - received_)
        co_return failed(Code::Conflict, "these are not the bytes that are awaited");
    is_writing_ = true;
    const auto size = bytes.size();
    auto written = co_await blocking(
        slow_, [file = path("bundle"), offset, bytes = std::move(bytes)] { return write_piece(file, offset, bytes); });
    is_writing_ = false;
    if (!written) co_return std::unexpected{std::move(written).error()};
    received_ += size;
    came_.notify();
    co_return received_;
}

Task<Status> Update::hand_over() {
    stage_ = Stage::Checking;
    const auto at = wall_now();
    auto checked = co_await blocking(slow_, [this, at] { return check_bundle(path("bundle"), options_, announcement_, at); });
    if (!checked) {
        co_await blocking(slow_, [file = path("bundle")] { ::unlink(file.c_str()); });
        co_return checked;
    }
    co_return co_await blocking(slow_, [this] { return replace_text_file(path("ready"), announcement_.command); });
}

Task<Result<Outcome>> Update::hear() {
    const auto until = now() + most_installing;
    while (now() < until) {
        const auto text = co_await blocking(slow_, [file = options_.root + "/outcome.json"] { return read_text_file(file); });
        const auto outcome = text ? parse_install_outcome(*text) : Result<InstallOutcome>{std::unexpected{text.error()}};
        if (outcome && outcome->command == announcement_.command && outcome->state != InstallOutcome::State::Trying) {
            if (outcome->state == InstallOutcome::State::Confirmed)
                co_return Outcome{.detail = outcome->version + " runs", .result = {{"version", outcome->version}}};
            const bool is_back = outcome->state == InstallOutcome::State::Reverted;
            co_return failed(Code::Denied,
                             (is_back ? "went back from " + outcome->version + ": " : "refused: ") + outcome->detail);
        }
        co_await after(Seconds{1});
    }
    co_return failed(Code::Timeout, "vivi-install said nothing for 20 minutes");
}

std::optional<Update::Progress> Update::progress() const {
    if (stage_ != Stage::Receiving) return std::nullopt;
    return Progress{.offset = received_, .size_bytes = announcement_.size_bytes};
}

nlohmann::json Update::document() const {
    static constexpr std::array<const char*, 5> stages{"idle", "preparing", "receiving", "checking", "installing"};
    std::error_code error;
    auto version = fs::read_symlink(options_.root + "/current", error).filename().string();
    nlohmann::json document{{"version", error ? std::string{VIVI_VERSION} : version},
                            {"state", stages.at(static_cast<std::size_t>(stage_))},
                            {"detail", last_}};
    if (const auto awaited = progress()) document["upload"] = {{"offset", awaited->offset}, {"size_bytes", awaited->size_bytes}};
    return document;
}

}  // namespace vivi::openvivi_embedded
