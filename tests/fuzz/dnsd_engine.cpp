// Whatever clients and upstreams say, dnsd answers each question at most once, never unasked, never beyond what a client takes.
// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <span>

#include "common/wire/dns_message.hpp"
#include "router/dnsd/engine.hpp"

namespace {

using namespace vivi;
using namespace std::chrono_literals;

constexpr std::size_t most_in_flight = 8;
const dnsd::Endpoint upstream{to_mapped(Ipv4{0x0a350035}), 53}, second_upstream{to_mapped(Ipv4{0x0a350036}), 53};

/// Answers against questions, by client and id: never more of the former.
struct Book {
    std::map<std::pair<std::uint16_t, std::uint16_t>, int> open{};
    std::vector<dnsd::Decisions::Ask> asks{};

    void check(dnsd::Engine& engine, dnsd::Decisions& out) {
        for (const auto& answer : out.answers()) {
            const auto bytes = out.bytes(answer);
            const auto header = wire::dns::read_header(bytes);
            const std::size_t most = answer.client.transport == dnsd::Transport::Udp ? 1232 : 65'535;
            if (!header || (header->flags & wire::dns::flag::qr) == 0 || bytes.size() > most) __builtin_trap();
            if (--open[{answer.client.from.port, header->id}] < 0) __builtin_trap();
        }
        for (const auto& ask : out.asks()) asks.push_back(ask);
        if (engine.in_flight() > most_in_flight) __builtin_trap();
        out.clear();
    }
};

}  // namespace

/// A script of steps: kind, size, bytes. Half of the upstream's answers begin with the right id and question.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    dnsd::SeededRandom random{size};
    dnsd::Engine engine{
        random,
        {.in_flight = most_in_flight, .waiting = 16, .a_client = 6, .slots = 2, .seen_rows = 4, .cached = 8, .hit_rows = 4}};
    engine.set_upstreams(std::vector{upstream, second_upstream});
    engine.set_dns({.upstream = {}, .strict = (size & 1) != 0, .private_names = {}}, {});
    dnsd::Decisions out;
    Book book;
    Bytes last_query;
    Instant now{100s};
    Reader in{std::as_bytes(std::span{data, size})};
    while (!in.done()) {
        const auto kind = in.u8();
        const auto bytes = in.take(std::min<std::size_t>(in.u8(), in.remaining()));
        const auto port = static_cast<std::uint16_t>(kind >> 6);
        const auto transport = (kind & 0x20) != 0 ? dnsd::Transport::Tcp : dnsd::Transport::Udp;
        if (kind % 4 == 0) {
            if (const auto header = wire::dns::read_header(bytes)) ++book.open[{port, header->id}];
            engine.query(bytes, {.from = {to_mapped(Ipv4{0x0a000064}), port}, .local = {}, .transport = transport, .route = port},
                         now, out);
            for (const auto& ask : out.asks()) last_query.assign(out.bytes(ask).begin(), out.bytes(ask).end());
        } else if (kind % 4 == 1 && !book.asks.empty()) {
            const auto& ask = book.asks[kind % book.asks.size()];
            Writer answer;
            answer.u16(ask.id);
            if ((kind & 0x10) != 0 && last_query.size() > 23)
                answer.u16(0x8180)
                    .u16(1)
                    .u16(bytes.size() > 3 ? 1 : 0)
                    .u32(0)
                    .put(BytesView{last_query}.subspan(12, last_query.size() - 23));
            engine.upstream_answer(answer.put(bytes).view(), ask.to, ask.transport, ask.slot, now, out);
        } else if (kind % 4 == 2 && !book.asks.empty()) {
            const auto& ask = book.asks[kind % book.asks.size()];
            engine.upstream_failed(ask.to, ask.transport, ask.id, now, out);
        } else {
            now += Milliseconds{kind * 8};
            engine.expire(now, out);
        }
        book.check(engine, out);
    }
    now += 10s;
    engine.expire(now, out);
    book.check(engine, out);
    if (engine.in_flight() != 0 || engine.next_deadline() || engine.asks_at(0) != 0 || engine.asks_at(1) != 0) __builtin_trap();
    if (engine.take_seen(now).rows.size() > 4) __builtin_trap();
    return 0;
}
