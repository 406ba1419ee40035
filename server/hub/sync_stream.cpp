// The loops of a sync stream: reading, committing, deciding, writing, watching liveness.
// SPDX-License-Identifier: Apache-2.0
#include "server/hub/sync_stream.hpp"

#include <algorithm>

#include "common/core/backoff.hpp"
#include "common/core/crypto.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "common/sync/lost_ranges.hpp"
#include "server/db/epochs.hpp"
#include "server/db/lists.hpp"
#include "server/db/snapshot.hpp"

namespace vivi::hub {
namespace {

constexpr Milliseconds first_retry{250}, most_retry{5'000};  // Of a transaction, while PostgreSQL is away.
constexpr Seconds watch_repeated{10};

/// Trying again cannot help: the router's session is no longer ours.
bool is_final(const Error& error) { return error.code == Code::Conflict || error.code == Code::Denied; }

}  // namespace

std::string bye_code(const Error& why) {
    if (why.code == Code::Conflict) return "replaced";
    if (why.code == Code::Denied) return "revoked";
    return std::string{to_string(why.code)};
}

SyncStream::SyncStream(net::any_io_executor executor, ssh::Channel channel, db::Link link, Wishes& wishes, Services& services)
    : channel_{std::move(channel)},
      link_{std::move(link)},
      wishes_{wishes},
      services_{services},
      liveness_{now()},
      arrived_{executor},
      output_{executor},
      over_{executor},
      asked_{executor} {}

Task<Error> SyncStream::run() {
    const auto until_over = [](const std::optional<Error>& ended, Signal& over) -> Task<> {
        while (!ended) co_await over.wait();
    };
    co_await together(read(), write(), commit(), pass_decisions(), pass_lists(), watch_liveness(), until_over(ended_, over_));
    co_await say_bye({.code = bye_code(*ended_), .detail = ended_->detail});
    co_return *ended_;
}

Task<> SyncStream::say_bye(sync::Bye bye) {
    using namespace net::experimental::awaitable_operators;
    if (!session_.is_ended()) session_.bye(std::move(bye));
    const auto last = session_.take_output();
    if (last.empty()) co_return;
    co_await (until_heard(last) || after(500ms));
}

/// Until the peer has closed its side too: then the last word was heard, and the connection may go.
Task<> SyncStream::until_heard(const Bytes& last) {
    const auto written = co_await channel_.write(last);
    if (!written) co_return;
    channel_.end_writing();
    for (;;) {
        const auto ignored = co_await channel_.read();
        if (!ignored || ignored->empty()) co_return;
    }
}

void SyncStream::end(Error why) {
    if (ended_) return;
    ended_ = std::move(why);
    over_.notify();
}

Task<> SyncStream::read() {
    for (;;) {
        auto bytes = co_await channel_.read();
        if (!bytes) co_return end(bytes.error());
        if (bytes->empty()) co_return end({Code::Unavailable, "the router closed the stream"});
        liveness_.heard(now());
        auto received = session_.receive(*bytes);
        *bytes = {};
        for (auto& message : received.messages) {
            if (auto* hello = std::get_if<sync::Hello>(&message)) {
                hello_ = std::move(*hello);
                is_greeting_ = true;
                co_await greet();
                is_greeting_ = false;
                liveness_.heard(now());  // It was us who did not listen.
            } else if (auto* events = std::get_if<sync::Events>(&message)) {
                std::ranges::move(events->entries, std::back_inserter(pending_));
                arrived_.notify();
            } else if (auto* want = std::get_if<sync::Want>(&message)) {
                wanted_ = std::move(*want);
                asked_.notify();
            } else if (auto* part = std::get_if<sync::Snapshot>(&message)) {
                take(std::move(*part));
                arrived_.notify();
            }
        }
        flush();
        if (received.ended) co_return end(*std::move(received.ended));
    }
}

Task<> SyncStream::write() {
    for (;;) {
        const auto bytes = session_.take_output();
        if (bytes.empty()) {
            co_await output_.wait();
            continue;
        }
        const auto written = co_await channel_.write(bytes);
        if (!written) co_return end(written.error());
    }
}

Task<Result<std::vector<sync::Cursor>>> SyncStream::durable_cursors() {
    std::vector<std::string> epochs{sync::to_string(hello_.epoch)};
    for (const auto* ranges : {&hello_.stored, &hello_.acknowledged}) {
        for (const auto& range : *ranges) epochs.push_back(sync::to_string(range.epoch));
    }
    const auto known = co_await db::durable_sequences(services_.pool, link_.router, epochs);
    if (!known) co_return std::unexpected{known.error()};
    std::vector<sync::Cursor> cursors;
    for (const auto& [epoch, sequence] : *known) cursors.push_back({.epoch = *sync::parse_epoch(epoch), .sequence = sequence});
    co_return cursors;
}

/// Only those that the router may send of; of an epoch without a cursor nothing is durable.
std::vector<sync::Cursor> SyncStream::announced(const std::vector<sync::Cursor>& cursors) {
    durable_.clear();
    durable_.emplace(hello_.epoch, 0);
    for (const auto& range : hello_.stored) durable_.emplace(range.epoch, 0);
    for (const auto& cursor : cursors) {
        if (const auto known = durable_.find(cursor.epoch); known != durable_.end()) known->second = cursor.sequence;
    }
    std::vector<sync::Cursor> all;
    for (const auto& [epoch, sequence] : durable_) all.push_back({.epoch = epoch, .sequence = sequence});
    return all;
}

/// What was acknowledged and is not here any more is reported, and how things are is asked where events alone do not tell.
Task<Status> SyncStream::note_epochs(const std::vector<sync::Cursor>& cursors) {
    db::HeardEpochs heard{.boot_id = hello_.boot_id, .epoch = sync::to_string(hello_.epoch)};
    for (const auto& range : sync::lost_ranges(hello_, cursors)) {
        log::error(
            "sync.lost",
            {{"router", link_.router}, {"epoch", sync::to_string(range.epoch)}, {"from", range.first}, {"to", range.last}});
        heard.lost.push_back({.epoch = sync::to_string(range.epoch), .first = range.first, .last = range.last});
    }
    const auto wanted = co_await db::note_epochs(services_.pool, link_, std::move(heard));
    if (!wanted) co_return std::unexpected{wanted.error()};
    is_snapshot_asked_ = *wanted;
    co_return Status{};
}

/// Answers hello as soon as PostgreSQL does.
Task<> SyncStream::greet() {
    // Events belong to the custody that recorded them: nothing of another one is taken, and nothing of this one given.
    if (!hello_.custody.empty() && hello_.custody != link_.custody)
        co_return end({Code::Invalid, "the router is still in the custody " + hello_.custody});
    Backoff backoff{first_retry, most_retry};
    for (;;) {
        auto cursors = co_await durable_cursors();
        Error why;
        const auto noted = cursors ? co_await note_epochs(*cursors) : Status{std::unexpected{cursors.error()}};
        if (noted) {
            const auto revision =
                co_await db::note_hello(services_.pool, link_, hello_.software, hello_.boot_id, hello_.applied_revision);
            if (revision) {
                ++services_.counts.streams;
                present_.emplace(services_.counts.streams_now);
                log::info("sync.started", {{"router", link_.router},
                                           {"software", hello_.software},
                                           {"epochs", cursors->size()},
                                           {"applied_revision", hello_.applied_revision}});
                session_.welcome(link_.router, announced(*cursors), link_.session);
                if (is_snapshot_asked_) session_.ask_for_snapshot();
                services_.announcer.announce(
                    {.router = link_.router, .organisation = link_.organisation, .revision = *revision, .kinds = {"status"}});
                wishes_.sent_revision = 0;  // Whatever is desired is compared with what this router says it applied.
                wishes_.is_desired_unread = wishes_.is_watch_news = true;
                wishes_.changed.notify();
                co_return;
            }
            why = revision.error();
        } else {
            why = noted.error();
        }
        if (is_final(why)) co_return end(std::move(why));
        log::warn("sync.waiting", {{"router", link_.router}, {"reason", why.detail}});
        co_await after(backoff.next(crypto::random_u32()));
    }
}

/// Everything that waits, up to the first entry of another epoch: one transaction.
db::Batch SyncStream::take_batch() {
    const auto epoch = pending_.front().epoch;
    db::Batch batch{
        .organisation = link_.organisation, .router = link_.router, .session = link_.session, .epoch = sync::to_string(epoch)};
    while (!pending_.empty() && pending_.front().epoch == epoch) {
        auto& entry = pending_.front();
        batch.entries.push_back({.sequence = entry.sequence, .topic = std::move(entry.topic), .body = std::move(entry.body)});
        pending_.pop_front();
    }
    return batch;
}

Task<> SyncStream::commit() {
    for (;;) {
        while (pending_.empty() && !is_snapshot_due()) co_await arrived_.wait();
        if (is_snapshot_due()) {
            co_await keep_snapshot();
            continue;
        }
        auto batch = take_batch();
        if (!co_await store(std::move(batch))) co_return;
    }
}

/// Nothing is acknowledged before PostgreSQL has committed it. False when the stream has ended.
Task<bool> SyncStream::store(db::Batch batch) {
    Backoff backoff{first_retry, most_retry};
    const auto epoch = sync::parse_epoch(batch.epoch);
    std::string said;
    for (;;) {
        const auto stored = co_await db::ingest(services_.pool, batch, wall_now());
        if (stored) {
            auto& counts = services_.counts;
            counts.entries += batch.entries.size();
            ++counts.batches;
            counts.dead_letters += stored->dead_letters;
            session_.ack({.epoch = *epoch, .sequence = stored->durable});
            durable_[*epoch] = stored->durable;
            flush();
            if (!stored->kinds.empty())
                services_.announcer.announce({.router = link_.router,
                                              .organisation = link_.organisation,
                                              .revision = stored->revision,
                                              .kinds = stored->kinds});
            co_return true;
        }
        if (is_final(stored.error())) {
            end(stored.error());
            co_return false;
        }
        ++services_.counts.ingest_retries;
        if (said != stored.error().detail)
            log::warn("ingest.waiting",
                      {{"router", link_.router}, {"entries", batch.entries.size()}, {"reason", stored.error().detail}});
        said = stored.error().detail;
        co_await after(backoff.next(crypto::random_u32()));
    }
}

void SyncStream::take(sync::Snapshot part) {
    if (!is_snapshot_asked_) return;
    if (part.part == 0) snapshot_.clear();
    std::size_t bytes = part.state.size();
    for (const auto& before : snapshot_) bytes += before.state.size();
    if (part.part == snapshot_.size() && bytes <= db::most_snapshot_bytes) return snapshot_.push_back(std::move(part));
    log::warn("snapshot.refused", {{"router", link_.router}, {"part", part.part}, {"bytes", bytes}});
    snapshot_.clear();
}

/// Whole, and everything that happened before it is committed.
bool SyncStream::is_snapshot_due() const {
    if (snapshot_.empty() || snapshot_.size() != snapshot_.back().parts) return false;
    const auto& after = snapshot_.back().after;
    const auto known = durable_.find(after.epoch);
    return known == durable_.end() || known->second >= after.sequence;
}

Task<> SyncStream::keep_snapshot() {
    std::vector<std::string> parts;
    for (auto& part : std::exchange(snapshot_, {})) parts.push_back(std::move(part.state));
    is_snapshot_asked_ = false;
    const auto count = parts.size();
    const auto stored = co_await db::store_snapshot(services_.pool, link_, std::move(parts), wall_now());
    if (!stored) {
        if (is_final(stored.error())) co_return end(stored.error());
        // Asked again with the next stream where PostgreSQL was away.
        log::warn("snapshot.failed", {{"router", link_.router}, {"reason", stored.error().detail}});
        co_return;
    }
    log::info("snapshot.stored", {{"router", link_.router}, {"parts", count}});
    services_.announcer.announce(
        {.router = link_.router, .organisation = link_.organisation, .revision = *stored, .kinds = {"devices", "status"}});
}

Task<> SyncStream::pass_decisions() {
    for (;;) {
        if (session_.is_running()) {
            const bool is_read = wishes_.is_desired_unread && co_await pass_configuration();
            pass_watch();
            flush();
            if (is_read && wishes_.is_desired_unread) continue;  // Decided again while we read.
        }
        co_await wishes_.changed.wait_until(now() + 1s);
    }
}

/// False when it could not be read; it is tried again with the next turn of the loop.
Task<bool> SyncStream::pass_configuration() {
    wishes_.is_desired_unread = false;
    auto desired = co_await db::desired_configuration(services_.pool, link_, wishes_.sent_revision);
    if (!desired) {
        wishes_.is_desired_unread = true;
        if (is_final(desired.error())) end(desired.error());
        co_return false;
    }
    if (!*desired) co_return true;
    auto& [revision, document] = **desired;
    wishes_.sent_revision = revision;
    if (revision == hello_.applied_revision) co_return true;
    hello_.applied_revision = 0;  // It counts only as the answer to the first look.
    session_.config(revision, std::move(document));
    ++services_.counts.configurations;
    log::info("config.sent", {{"router", link_.router}, {"revision", revision}});
    co_return true;
}

void SyncStream::pass_watch() {
    const auto at = now();
    const bool is_watched = wishes_.watched_until > at;
    const bool is_news = std::exchange(wishes_.is_watch_news, false);
    if (!is_news && (!is_watched || at < watch_sent_ + watch_repeated)) return;
    if (!is_watched && watch_sent_ == Instant{}) return;  // Nobody looked, nobody looks.
    watch_sent_ = is_watched ? at : Instant{};
    session_.watch(is_watched ? std::chrono::ceil<Seconds>(wishes_.watched_until - at) : Seconds{0});
}

/// Texts of lists, a chunk for each question. While PostgreSQL is away there is no answer, and the router asks again.
Task<> SyncStream::pass_lists() {
    for (;;) {
        while (!wanted_) co_await asked_.wait();
        const auto want = *std::exchange(wanted_, std::nullopt);
        auto part = co_await db::list_part(services_.pool, {link_.organisation}, want.sha256,
                                           static_cast<std::int64_t>(want.offset), sync::max_chunk_bytes);
        if (!part) {
            log::warn("list.waiting", {{"router", link_.router}, {"reason", part.error().detail}});
            continue;
        }
        const auto size = static_cast<std::uint64_t>(part->size);
        if (size > sync::max_blob_bytes) part = db::ListPart{};
        if (want.offset == 0) log::info("list.sent", {{"router", link_.router}, {"sha256", want.sha256}, {"bytes", part->size}});
        session_.blob({.sha256 = want.sha256,
                       .offset = part->size == 0 ? 0 : std::min(want.offset, size),
                       .size = static_cast<std::uint64_t>(part->size),
                       .chunk = std::move(part->bytes)});
        flush();
    }
}

/// The tunnel watches the link; this watches who is behind it: a bridge that hangs is given up and called anew.
Task<> SyncStream::watch_liveness() {
    for (;;) {
        co_await after(1s);
        if (is_greeting_) continue;
        const auto at = now();
        if (liveness_.is_dead(at)) co_return end({Code::Timeout, "the bridge said nothing for 45 s"});
        if (session_.is_running() && liveness_.take_ping(at)) {
            session_.ping(++pings_);
            flush();
        }
    }
}

}  // namespace vivi::hub
