// Wiping: both stores, the queue, the files.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/custody.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "common/runtime/text_files.hpp"
#include "router/state/custody_lock.hpp"
#include "router/state/keys.hpp"
#include "router/state/mapped_file.hpp"

namespace vivi::bridged {
namespace {

constexpr Milliseconds try_again{500}, queue_is_empty{1'000};

std::int64_t number_of(const store::Reply& reply) { return reply.kind == store::Reply::Kind::Integer ? reply.integer : 0; }

model::ReturnWish read_wish(const std::string& path) {
    const auto text = read_text_file(path);
    const auto json =
        text ? model::parse_json(*text, model::max_custody_note_bytes) : Result<model::Json>{std::unexpected{text.error()}};
    if (json) {
        if (auto wish = model::parse_return_wish(*json)) return *std::move(wish);
    }
    return {.custody = {}, .by = "router", .at = wall_now()};  // Somebody wished it, however it is written.
}

void sync_folder_of(const std::string& path) {
    const auto folder = std::filesystem::path{path}.parent_path().string();
    const int number = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (number < 0) return;
    ::fsync(number);
    ::close(number);
}

/// The append-only file still has what was flushed, until it is rewritten.
Task<bool> is_rewritten(store::Store& store) {
    const auto info = co_await store.run({"INFO", "persistence"});
    co_return info && info->text.contains("aof_rewrite_in_progress:0") && info->text.contains("aof_rewrite_scheduled:0");
}

}  // namespace

std::string Custody::custody_in_force() const {
    const auto text = read_text_file(places_.last_good);
    const auto json =
        text ? model::parse_json(*text, std::size_t{256} << 10) : Result<model::Json>{std::unexpected{text.error()}};
    return json && json->is_object() ? json->value("custody", "") : "";
}

Task<> Custody::settle() {
    if (places_.wish.empty() || ::access(places_.wish.c_str(), F_OK) != 0) co_return;
    auto wish = read_wish(places_.wish);
    auto custody = custody_in_force();
    if (!wish.custody.empty() && !custody.empty() && wish.custody != custody) {
        // Somebody else has the router by now, and what the wish means is gone already.
        log::warn("custody.gone_already", {{"custody", wish.custody}, {"in_force", custody}});
        const model::Receipt receipt{.custody = wish.custody, .by = wish.by, .at = wall_now()};
        if (state::replace_file(places_.receipt, as_bytes(model::to_json(receipt).dump()))) ::unlink(places_.wish.c_str());
        co_return;
    }
    if (custody.empty()) custody = wish.custody;
    log::info("custody.wiping", {{"custody", custody}, {"by", wish.by}});
    co_await wipe(std::move(wish), std::move(custody));
}

Task<> Custody::wipe(model::ReturnWish wish, std::string custody) {
    const auto lock = co_await state::CustodyLock::take(places_.wish, state::CustodyLock::Kind::Wiping);
    if (!lock.is_held()) log::warn("custody.not_alone", {{"waited_ms", 10'000}});
    model::Receipt receipt{.custody = std::move(custody), .by = wish.by};
    std::vector<std::int64_t> leases, outbox;
    receipt.keys = co_await empty(ports_.state, {{"HLEN", state::key::leases.text()}}, leases);
    receipt.keys += co_await empty(ports_.stream, {{"XLEN", state::key::outbox.text()}}, outbox);
    receipt.leases = leases.front();
    receipt.outbox_entries = outbox.front();
    co_await drop_messages(receipt.messages);
    receipt.files = remove_files();
    receipt.at = wall_now();
    for (;;) {
        const auto written = state::replace_file(places_.receipt, as_bytes(model::to_json(receipt).dump()));
        if (written) break;
        log::warn("custody.no_receipt", {{"reason", written.error().detail}});
        co_await after(10 * try_again);
    }
    ::unlink(places_.wish.c_str());
    sync_folder_of(places_.wish);
    log::info("custody.wiped", {{"custody", receipt.custody},
                                {"outbox_entries", receipt.outbox_entries},
                                {"leases", receipt.leases},
                                {"keys", receipt.keys},
                                {"files", receipt.files},
                                {"messages", receipt.messages}});
}

/// How many keys there were.
Task<std::int64_t> Custody::empty(store::Store& store, std::vector<store::Command> counts, std::vector<std::int64_t>& counted) {
    std::int64_t keys = 0;
    for (;;) {
        auto commands = counts;
        commands.push_back({"DBSIZE"});
        commands.push_back({"FLUSHALL"});
        const auto replies = co_await store.transaction(std::move(commands));
        if (replies && replies->size() == counts.size() + 2 && !replies->back().is_failure()) {
            counted.clear();
            for (std::size_t i = 0; i < counts.size(); ++i) counted.push_back(number_of((*replies)[i]));
            keys = number_of((*replies)[counts.size()]);
            break;
        }
        if (!replies) log::debug("custody.store_away", {{"reason", replies.error().detail}});
        co_await after(try_again);
    }
    while (!co_await store.run({"BGREWRITEAOF"})) co_await after(try_again);
    while (!co_await is_rewritten(store)) co_await after(try_again / 5);
    co_return keys;
}

/// What others said and nobody heard yet. A broker that is away is waited for: it keeps its messages.
Task<> Custody::drop_messages(std::int64_t& dropped) {
    const auto drop = [](bus::Subscriber& queue, std::int64_t& count, Instant& last) -> Task<> {
        for (;;) {
            const auto deliveries = co_await queue.next(256);
            last = now();
            count += static_cast<std::int64_t>(deliveries.size());
            if (!deliveries.empty()) queue.acknowledge(deliveries.back().tag);
        }
    };
    const auto until_quiet = [](const std::function<bool()>& has_broker, Instant& last) -> Task<> {
        while (now() - last < queue_is_empty) {
            if (!has_broker()) last = now();
            co_await after(queue_is_empty / 10);
        }
    };
    auto last = now();
    co_await together(drop(ports_.queue, dropped, last), until_quiet(ports_.has_broker, last));
}

std::int64_t Custody::remove_files() const {
    std::int64_t count = 0;
    std::error_code error;
    auto all = places_.files;
    all.push_back(places_.last_good);
    for (const auto& path : all) {
        if (path.empty() || !std::filesystem::remove(path, error)) continue;
        ++count;
        sync_folder_of(path);
    }
    if (places_.folder.empty()) return count;
    std::vector<std::filesystem::path> inside;
    for (const auto& entry : std::filesystem::directory_iterator{places_.folder, error}) inside.push_back(entry.path());
    for (const auto& path : inside) count += static_cast<std::int64_t>(std::filesystem::remove_all(path, error));
    sync_folder_of(places_.folder + "/x");
    return count;
}

}  // namespace vivi::bridged
