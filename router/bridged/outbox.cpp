// The outbox's commands to Redis and what it keeps of their answers.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/outbox.hpp"

#include <algorithm>
#include <charconv>

#include "common/core/crypto.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "common/sync/frames.hpp"
#include "router/state/keys.hpp"

namespace vivi::bridged {
namespace {

using store::Command;
using store::Reply;

/// KEYS: state, outbox, producers. ARGV: the epoch and sequence we believe in, then four lists, each behind its length: state
/// fields (name, value), producers (instance, text; empty text: delete), entries (topic, body), entries to delete (id, nothing).
/// Nothing is written when the belief is wrong.
constexpr std::string_view write_script = R"(
local now = redis.call('HMGET', KEYS[1], 'epoch', 'sequence')
if now[1] ~= ARGV[1] or now[2] ~= ARGV[2] then return redis.error_reply('MOVED the outbox is not where the caller thinks') end
local sequence, at = tonumber(ARGV[2]), 3
local function list()
    local count = tonumber(ARGV[at])
    at = at + 1
    return function()
        if count == 0 then return nil end
        count = count - 1
        at = at + 2
        return ARGV[at - 2], ARGV[at - 1]
    end
end
for name, value in list() do redis.call('HSET', KEYS[1], name, value) end
for instance, text in list() do
    if text == '' then redis.call('HDEL', KEYS[3], instance) else redis.call('HSET', KEYS[3], instance, text) end
end
for topic, body in list() do
    sequence = sequence + 1
    redis.call('XADD', KEYS[2], string.format('%.0f-0', sequence), 'e', ARGV[1], 't', topic, 'b', body)
end
for id in list() do redis.call('XDEL', KEYS[2], id) end
redis.call('HSET', KEYS[1], 'sequence', string.format('%.0f', sequence))
return string.format('%.0f', sequence)
)";

std::uint64_t number_of(std::string_view text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::string id_of(std::uint64_t sequence) { return std::to_string(sequence) + "-0"; }

/// A hash's reply: field, value, field, value, …
std::vector<std::pair<std::string, std::string>> pairs_of(const Reply& reply) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (std::size_t i = 0; i + 1 < reply.elements.size(); i += 2)
        pairs.emplace_back(reply.elements[i].text, reply.elements[i + 1].text);
    return pairs;
}

void put_list(Command& command, const std::vector<std::pair<std::string, std::string>>& pairs) {
    command.push_back(std::to_string(pairs.size()));
    for (const auto& [name, value] : pairs) {
        command.push_back(name);
        command.push_back(value);
    }
}

std::optional<sync::Entry> entry_of(const Reply& row) {
    if (row.elements.size() != 2) return std::nullopt;
    sync::Entry entry{.sequence = number_of(row.elements[0].text)};
    bool has_epoch = false;
    for (auto& [name, value] : pairs_of(row.elements[1])) {
        if (name == "t")
            entry.topic = std::move(value);
        else if (name == "b")
            entry.body = std::move(value);
        else if (const auto epoch = name == "e" ? sync::parse_epoch(value) : std::nullopt) {
            entry.epoch = *epoch;
            has_epoch = true;
        }
    }
    if (!has_epoch || entry.sequence == 0 || entry.topic.empty()) return std::nullopt;
    return entry;
}

/// Redis's own number of this start, out of INFO server.
std::string run_id_of(std::string_view info) {
    constexpr std::string_view name = "run_id:";
    const auto at = info.find(name);
    if (at == std::string_view::npos) return {};
    const auto text = info.substr(at + name.size());
    return std::string{text.substr(0, text.find_first_of("\r\n"))};
}

/// More than is asked for, so that one write serves many entries; not much more, because what was offered cannot be merged.
constexpr std::uint64_t offered_ahead = 64;
constexpr std::size_t entry_overhead = 64;

/// A refused command inside a pipeline is the call's failure here.
Result<std::vector<Reply>> all_good(Result<std::vector<Reply>> replies) {
    if (!replies) return replies;
    for (const auto& reply : *replies) {
        if (reply.is_failure()) return failed(Code::Internal, "redis: " + reply.text);
    }
    return replies;
}

}  // namespace

sync::Epoch new_epoch() {
    sync::Epoch epoch;
    const auto random = crypto::random_bytes(epoch.octets.size());
    std::copy(random.begin(), random.end(), epoch.octets.begin());
    return epoch;
}

/// Whoever has the token writes; it goes back when this goes away, also by cancellation.
class Outbox::Turn {
public:
    static Task<Turn> take(Token& token) {
        co_await token.async_receive(net::use_awaitable);
        co_return Turn{token};
    }
    Turn(Turn&& other) noexcept : token_{std::exchange(other.token_, nullptr)} {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
        if (token_ != nullptr) token_->try_send(boost::system::error_code{});
    }

private:
    explicit Turn(Token& token) : token_{&token} {}
    Token* token_;
};

Outbox::Outbox(const net::any_io_executor& executor, Stores stores, std::string boot_id, std::uint64_t most_bytes)
    : stream_{stores.stream},
      state_{stores.state},
      boot_id_{std::move(boot_id)},
      most_bytes_{most_bytes},
      grew_{executor},
      turn_{executor, 1},
      epoch_{new_epoch()} {
    turn_.try_send(boost::system::error_code{});
}

std::string Outbox::field(const std::string& name) const {
    const auto found = fields_.find(name);
    return found == fields_.end() ? std::string{} : found->second;
}

Task<Status> Outbox::open() {
    if (is_open_) co_return Status{};
    const auto turn = co_await Turn::take(turn_);
    co_return co_await load();
}

Task<Status> Outbox::load() {
    if (is_open_) co_return Status{};
    std::vector<Command> commands{{"HGETALL", state::key::outbox_state.text()},
                                  {"HGETALL", state::key::outbox_producers.text()},
                                  {"XREVRANGE", state::key::outbox.text(), "+", "-", "COUNT", "1"},
                                  {"INFO", "server"}};
    const auto replies = all_good(co_await stream_.pipeline(std::move(commands)));
    if (!replies) co_return std::unexpected{replies.error()};
    const auto fields = pairs_of(replies->at(0));
    fields_ = {fields.begin(), fields.end()};
    ledger_ = Ledger::parse(pairs_of(replies->at(1)), now());
    const auto& newest = replies->at(2).elements;
    const auto last_id = newest.empty() || newest[0].elements.empty() ? 0 : number_of(newest[0].elements[0].text);

    const auto known = sequence_;  // Of this process: a store that has less has lost something.
    const auto kept = number_of(field("sequence"));
    const auto epoch = sync::parse_epoch(field("epoch"));
    epochs_ = Epochs::parse(field("epochs"));
    acknowledged_ = number_of(field("acknowledged"));
    run_id_ = run_id_of(replies->at(3).text);
    if (!is_offered_known_) co_await load_offered();
    if (epoch && field("boot_id") == boot_id_ && field("run_id") == run_id_ && kept >= known && kept >= last_id) {
        if (epoch_ != *epoch) grew_.notify();
        epoch_ = *epoch;
        sequence_ = kept;
        is_open_ = true;
        co_return Status{};
    }
    if (epoch && kept < known) log::warn("outbox.rolled_back", {{"had", known}, {"has", kept}});
    co_return co_await begin_epoch(std::max({kept, known, last_id}), fields);
}

Task<Status> Outbox::begin_epoch(std::uint64_t sequence, const std::vector<std::pair<std::string, std::string>>& fields) {
    const auto epoch = new_epoch();
    epochs_.begin(epoch, sequence + 1);
    std::vector<Command> commands{{"HSET", state::key::outbox_state.text(), "epoch", to_string(epoch), "boot_id", boot_id_,
                                   "run_id", run_id_, "sequence", std::to_string(sequence), "epochs", epochs_.text()}};
    const auto written = all_good(co_await stream_.pipeline(std::move(commands)));
    if (!written) co_return std::unexpected{written.error()};
    const bool is_first = fields.empty();
    log::info("outbox.epoch", {{"epoch", to_string(epoch)}, {"sequence", sequence}, {"store", is_first ? "new" : "kept"}});
    epoch_ = epoch;
    sequence_ = sequence;
    is_open_ = true;
    grew_.notify();
    co_return Status{};
}

Task<Status> Outbox::renew() {
    const auto turn = co_await Turn::take(turn_);
    const std::vector<std::pair<std::string, std::string>> fields{fields_.begin(), fields_.end()};
    co_return co_await begin_epoch(sequence_, fields);
}

Task<Result<std::size_t>> Outbox::append(const std::vector<Record>& records, const StateFields& also) {
    const auto turn = co_await Turn::take(turn_);
    co_return co_await append_in_turn(records, also);
}

Task<Result<std::size_t>> Outbox::append_in_turn(const std::vector<Record>& records, const StateFields& also) {
    if (const auto loaded = co_await load(); !loaded) co_return std::unexpected{loaded.error()};
    const auto at = now();
    auto sequence = sequence_;
    std::uint64_t bytes = 0;
    std::vector<std::pair<std::string, std::string>> entries;
    for (const auto& record : records) {
        if (!ledger_.note(record.from, record.topic, sequence + 1, at)) continue;
        ++sequence;
        entries.emplace_back(record.topic, record.body);
        bytes += record.topic.size() + record.body.size() + entry_overhead;
    }
    auto command = write_command();
    put_list(command, also);
    put_list(command, ledger_.take_changes());
    put_list(command, entries);
    put_list(command, {});
    const auto done = co_await stream_.run(std::move(command));
    if (!done || done->is_failure()) {
        is_open_ = false;  // The ledger counted what may not be there: read it again before the next append.
        co_return done ? failed(Code::Internal, "redis: " + done->text) : std::unexpected{done.error()};
    }
    for (const auto& [name, value] : also) fields_.insert_or_assign(name, value);
    sequence_ = sequence;
    bytes_ += bytes;
    entries_ += entries.size();
    if (!entries.empty()) grew_.notify();
    co_return entries.size();
}

std::vector<std::string> Outbox::write_command() const {
    return {"EVAL",
            std::string{write_script},
            "3",
            state::key::outbox_state.text(),
            state::key::outbox.text(),
            state::key::outbox_producers.text(),
            to_string(epoch_),
            std::to_string(sequence_)};
}

/// Not known while that Redis is away. Where it is not kept it is the first start, or it was lost: then everything that is here
/// counts as offered, and what comes does not.
Task<> Outbox::load_offered() {
    const auto text = co_await store::get_text(state_, state::key::outbox_offered.text());
    if (!text) co_return;
    if (*text) {
        offered_ = std::max(offered_, number_of(**text));
        is_offered_known_ = true;
        co_return;
    }
    const auto stored = std::max(number_of(field("sequence")), sequence_);
    Command command{"SET", state::key::outbox_offered.text(), std::to_string(stored)};
    const auto kept = co_await state_.run(std::move(command));
    if (!kept) co_return;
    offered_ = std::max(offered_, stored);
    is_offered_known_ = true;
}

Task<Status> Outbox::offer_up_to(std::uint64_t last) {
    const auto turn = co_await Turn::take(turn_);
    if (is_offered_known_ && last <= offered_) co_return Status{};
    const auto target = is_offered_known_ ? last + offered_ahead : std::max(last, sequence_) + offered_ahead;
    Command command{"SET", state::key::outbox_offered.text(), std::to_string(target)};
    const auto kept = co_await state_.run(std::move(command));
    if (!kept) co_return std::unexpected{kept.error()};
    offered_ = std::max(offered_, target);
    is_offered_known_ = true;
    co_return Status{};
}

Task<Status> Outbox::replace(const std::vector<sync::Entry>& gone, const std::vector<Record>& instead) {
    const auto turn = co_await Turn::take(turn_);
    co_return co_await replace_in_turn(gone, instead);
}

Task<Status> Outbox::replace_in_turn(const std::vector<sync::Entry>& gone, const std::vector<Record>& instead) {
    if (const auto loaded = co_await load(); !loaded) co_return std::unexpected{loaded.error()};
    if (!is_offered_known_) co_await load_offered();
    if (!is_offered_known_) co_return failed(Code::Unavailable, "how far the outbox was offered is not known");
    std::uint64_t freed = 0, added = 0;
    Pairs ids, entries;
    for (const auto& entry : gone) {
        if (entry.sequence <= offered_) co_return failed(Code::Conflict, "an entry may have been offered meanwhile");
        ids.emplace_back(id_of(entry.sequence), "");
        freed += entry.topic.size() + entry.body.size() + entry_overhead;
    }
    for (const auto& record : instead) {
        entries.emplace_back(record.topic, record.body);
        added += record.topic.size() + record.body.size() + entry_overhead;
    }
    auto command = write_command();
    put_list(command, {});
    put_list(command, {});
    put_list(command, entries);
    put_list(command, ids);
    const auto done = co_await stream_.run(std::move(command));
    if (!done || done->is_failure()) {
        is_open_ = false;
        co_return done ? failed(Code::Internal, "redis: " + done->text) : std::unexpected{done.error()};
    }
    sequence_ += entries.size();
    bytes_ = bytes_ + added - std::min(bytes_ + added, freed);
    entries_ = entries_ + entries.size() - std::min(entries_ + entries.size(), static_cast<std::uint64_t>(gone.size()));
    if (!entries.empty()) grew_.notify();
    co_return Status{};
}

std::vector<sync::StoredRange> Outbox::acknowledged() const { return epochs_.before(acknowledged_ + 1); }

Task<Result<std::vector<sync::Entry>>> Outbox::read(std::uint64_t first, std::size_t count) {
    Command command{"XRANGE", state::key::outbox.text(), id_of(first), "+", "COUNT", std::to_string(count)};
    const auto rows = co_await stream_.run(std::move(command));
    if (!rows) co_return std::unexpected{rows.error()};
    std::vector<sync::Entry> entries;
    for (const auto& row : rows->elements) {
        auto entry = entry_of(row);
        if (entry && entry->body.size() <= sync::max_entry_body(entry->topic))
            entries.push_back(*std::move(entry));
        else
            log::error("outbox.entry.unreadable", {{"id", row.elements.empty() ? std::string{} : row.elements[0].text}});
    }
    co_return entries;
}

Task<Status> Outbox::trim(std::uint64_t first) {
    // Together: what is called acknowledged is not here any more, and a server that has not got it has lost it.
    std::vector<Command> commands{
        {"XTRIM", state::key::outbox.text(), "MINID", id_of(first)},
        {"HSET", state::key::outbox_state.text(), "acknowledged", std::to_string(std::max(acknowledged_, first - 1))}};
    const auto trimmed = all_good(co_await stream_.transaction(std::move(commands)));
    if (!trimmed) co_return std::unexpected{trimmed.error()};
    acknowledged_ = std::max(acknowledged_, first - 1);
    entries_ -= std::min(entries_, static_cast<std::uint64_t>(std::max<std::int64_t>(trimmed->at(0).integer, 0)));
    epochs_.drop_before(first);
    co_return Status{};
}

Task<Result<std::vector<sync::StoredRange>>> Outbox::stored() {
    Command command{"XRANGE", state::key::outbox.text(), "-", "+", "COUNT", "1"};
    const auto oldest = co_await stream_.run(std::move(command));
    if (!oldest) co_return std::unexpected{oldest.error()};
    if (oldest->elements.empty() || oldest->elements[0].elements.empty()) co_return std::vector<sync::StoredRange>{};
    co_return epochs_.ranges(number_of(oldest->elements[0].elements[0].text), sequence_);
}

Task<> Outbox::measure() {
    std::vector<Command> commands{{"MEMORY", "USAGE", state::key::outbox.text()}, {"XLEN", state::key::outbox.text()}};
    const auto replies = all_good(co_await stream_.pipeline(std::move(commands)));
    if (!replies) co_return;
    bytes_ = static_cast<std::uint64_t>(std::max<std::int64_t>(replies->at(0).integer, 0));  // Nil, 0, when there is no stream.
    entries_ = static_cast<std::uint64_t>(std::max<std::int64_t>(replies->at(1).integer, 0));
}

}  // namespace vivi::bridged
