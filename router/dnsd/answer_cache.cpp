// How long an answer holds, and its TTLs as they count down.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/answer_cache.hpp"

#include <algorithm>
#include <bit>
#include <optional>

namespace vivi::dnsd {
namespace {

using namespace wire::dns;  // NOLINT: the words of this file.

/// MINIMUM is the last of SOA's five numbers (RFC 1035 section 3.3.13).
std::uint32_t minimum_of(const Message& message, const Record& soa) {
    const auto data = message.data(soa);
    return data.size() < 4 ? 0 : Reader{data.last(4)}.u32();
}

/// How long it holds; nothing: it is not to be kept.
std::optional<Seconds> lifetime(const Message& message) {
    if ((message.header.flags & flag::tc) != 0 || message.bytes.size() > AnswerCache::most_bytes) return std::nullopt;
    const auto code = message.rcode();
    if (code != rcode::no_error && code != rcode::nx_domain) return std::nullopt;
    bool has_answer = false, has_soa = false;
    std::uint32_t least = static_cast<std::uint32_t>(AnswerCache::most_age.count());
    for (const auto& record : message.records) {
        if (record.type == type::opt) continue;
        least = std::min(least, record.ttl);
        has_answer = has_answer || (record.section == Section::Answer && record.type == message.question.type);
        if (record.section != Section::Authority || record.type != type::soa) continue;
        has_soa = true;
        least = std::min(least, minimum_of(message, record));
    }
    if (least == 0 || (!(has_answer && code == rcode::no_error) && !has_soa)) return std::nullopt;
    return Seconds{least};
}

}  // namespace

AnswerCache::AnswerCache(std::size_t entries) : entries_(entries == 0 ? 0 : std::bit_ceil(std::max<std::size_t>(entries, 2))) {}

void AnswerCache::keep(std::uint64_t hash, const FlightKey& key, const Message& message, Instant now) {
    if (entries_.empty()) return;
    const auto holds = lifetime(message);
    if (!holds) return;
    auto& left = entries_[pair_of(hash)];
    auto& right = entries_[pair_of(hash) + 1];
    auto& entry = left.key == key || (!(right.key == key) && left.until <= right.until) ? left : right;
    entry.key = key;
    entry.bytes.assign(message.bytes.begin(), message.bytes.end());
    entry.ttl_places.clear();
    for (const auto& record : message.records) {
        if (record.type != type::opt) entry.ttl_places.push_back(record.ttl_at());
    }
    entry.kept_at = now;
    entry.until = now + *holds;
}

BytesView AnswerCache::find(std::uint64_t hash, const FlightKey& key, Instant now, Bytes& room) const {
    if (entries_.empty()) return {};
    const auto holds = [&](const Entry& entry) { return now < entry.until && entry.key == key; };
    const auto& left = entries_[pair_of(hash)];
    const auto& entry = holds(left) ? left : entries_[pair_of(hash) + 1];
    if (!holds(entry)) return {};
    room.assign(entry.bytes.begin(), entry.bytes.end());
    const auto age = static_cast<std::uint32_t>(std::chrono::duration_cast<Seconds>(now - entry.kept_at).count());
    for (const auto place : entry.ttl_places) {
        const auto bytes = std::span{room}.subspan(place, 4);
        const auto remaining = Reader{bytes}.u32() - age;  // Not below zero: the smallest of them is not over yet.
        for (std::size_t i = 0; i < 4; ++i) bytes[i] = static_cast<std::byte>(remaining >> (24 - 8 * i) & 0xff);
    }
    return room;
}

void AnswerCache::clear() noexcept {
    for (auto& entry : entries_) entry.until = entry.kept_at;
}

std::size_t AnswerCache::size() const noexcept {
    return static_cast<std::size_t>(
        std::ranges::count_if(entries_, [](const auto& entry) { return entry.until > entry.kept_at; }));
}

}  // namespace vivi::dnsd
