// Asking, writing, checking.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/blobs.hpp"

#include <filesystem>
#include <fstream>
#include <utility>

#include "common/core/crypto.hpp"
#include "common/runtime/blocking.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "router/state/mapped_file.hpp"

namespace vivi::bridged {
namespace {

namespace fs = std::filesystem;

constexpr Milliseconds between_looks{1'000};

}  // namespace

Blobs::Blobs(const net::any_io_executor& executor, std::string folder, Ports ports)
    : folder_{std::move(folder)}, ports_{std::move(ports)}, wake_{executor} {}

void Blobs::take(sync::Blob blob) {
    const bool is_answer = asked_ && blob.sha256 == asked_->sha256 && (blob.offset == asked_->offset || blob.chunk.empty());
    if (!is_answer) return;  // Of a question we gave up.
    came_ = std::move(blob);
    wake_.notify();
}

void Blobs::stream_began() {
    asked_.reset();
    wake_.notify();
}

Task<> Blobs::run() {
    for (;;) {
        if (auto blob = std::exchange(came_, std::nullopt)) co_await keep(*std::move(blob));
        if (!asked_ || now() - asked_at_ >= patience) co_await look();
        co_await wake_.wait(between_looks);
    }
}

/// The first text that is not here and may be asked for, with what is here of it. Blocks shortly.
std::optional<sync::Want> Blobs::missing(const std::vector<std::string>& named) const {
    for (const auto& sha256 : named) {
        std::error_code error;
        if (const auto at = not_before_.find(sha256); at != not_before_.end() && now() < at->second) continue;
        if (fs::exists(file(sha256), error)) continue;
        const auto size = fs::file_size(part(sha256), error);
        return sync::Want{.sha256 = sha256, .offset = error || size > sync::max_blob_bytes ? 0 : size};
    }
    return std::nullopt;
}

Task<> Blobs::look() {
    auto call = [this, named = ports_.named()] { return missing(named); };
    asked_ = co_await blocking(disk_, std::move(call));
    asked_at_ = now();
    want_ = asked_;
    if (want_) ports_.wanting();
}

Task<> Blobs::keep(sync::Blob blob) {
    const auto sha256 = blob.sha256;
    asked_.reset();
    if (blob.size == 0) {
        log::warn("list.not_at_server", {{"sha256", sha256}});
        not_before_[sha256] = now() + again_after;
        co_return;
    }
    auto call = [this, blob = std::move(blob)] { return write(blob); };
    const auto kept = co_await blocking(disk_, std::move(call));
    if (!kept) log::error("list.unwritable", {{"sha256", sha256}, {"reason", kept.error().detail}});
    if (kept && *kept == Kept::Damaged) log::error("list.damaged", {{"file", file(sha256)}});
    if (!kept || *kept == Kept::Damaged) not_before_[sha256] = now() + again_after;
    if (!kept || *kept != Kept::Whole) co_return;
    log::info("list.arrived", {{"sha256", sha256}});
    not_before_.erase(sha256);
    ports_.arrived();
}

Result<Blobs::Kept> Blobs::write(const sync::Blob& blob) const {
    const auto path = part(blob.sha256);
    std::error_code error;
    fs::create_directories(folder_, error);
    if (blob.chunk.empty()) {  // We have more than there is: not what we think it is.
        fs::remove(path, error);
        return Kept::Damaged;
    }
    if (blob.offset == 0) fs::remove(path, error);
    {
        std::ofstream out{path, std::ios::binary | std::ios::app};
        out.write(blob.chunk.data(), static_cast<std::streamsize>(blob.chunk.size())).flush();
        if (!out) return failed(Code::Unavailable, path + ": cannot be written");
    }
    if (fs::file_size(path, error) != blob.offset + blob.chunk.size()) {  // Somebody else wrote it.
        fs::remove(path, error);
        return Kept::Damaged;
    }
    if (blob.offset + blob.chunk.size() < blob.size) return Kept::Part;
    const auto whole = state::MappedFile::open(path);
    if (!whole) return std::unexpected{whole.error()};
    const bool is_it = crypto::to_hex(crypto::sha256((*whole)->bytes())) == blob.sha256;
    const auto replaced = is_it ? state::replace_file(file(blob.sha256), (*whole)->bytes()) : Status{};
    fs::remove(path, error);
    if (!replaced) return std::unexpected{replaced.error()};
    return is_it ? Kept::Whole : Kept::Damaged;
}

}  // namespace vivi::bridged
