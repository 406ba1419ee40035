// What one question costs dnsd's engine alone, without sockets: blocked among a million names, and forwarded there and back.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <ctime>
#include <iomanip>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "common/wire/dns_message_writer.hpp"
#include "router/dnsd/engine.hpp"

namespace {

using namespace vivi;

constexpr std::size_t catalogued = 1'000'000, questions = 200'000, batch = 64;
constexpr int rounds = 5;
constexpr double most_blocked = 3'000, most_forwarded = 4'000;  ///< A datagram in and out costs the kernel about as much again.
const dnsd::Endpoint upstream{to_mapped(Ipv4{0x7f000001}), 5335};

double processor_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

std::string random_name(std::mt19937& random) {
    std::string name = "www.";
    for (auto length = 6 + random() % 9; length > 0; --length) name += static_cast<char>('a' + random() % 26);
    return name + ".example";
}

Bytes query(const std::string& name, std::uint16_t id) {
    Bytes room(512);
    wire::dns::MessageWriter writer{room, id, wire::dns::flag::rd};
    writer.question({.name = *wire::dns::WireName::from_text(name), .type = wire::dns::type::a, .klass = wire::dns::class_in});
    writer.edns(0, false, {});
    room.resize(writer.finish());
    return room;
}

/// One address for the question in `ask`.
Bytes answer_to(BytesView ask) {
    wire::dns::Message message;
    Bytes room(512);
    if (!parse_message(ask, message)) return {};
    wire::dns::MessageWriter writer{room, message.header.id, wire::dns::flag::qr | wire::dns::flag::ra};
    writer.question(message.question);
    writer.address(message.question.name, to_mapped(Ipv4{0xc0000201}), 60);
    writer.edns(0, false, {});
    room.resize(writer.finish());
    return room;
}

dnsd::Client client(std::size_t number) {
    return {.from = {to_mapped(Ipv4{0x0a000064 + static_cast<std::uint32_t>(number % 100)}), 40000}, .local = {}};
}

double blocked_nanoseconds(dnsd::Engine& engine, const std::vector<Bytes>& asked) {
    dnsd::Decisions out;
    double best = 1e9;
    for (int round = 0; round < rounds; ++round) {
        const auto began = processor_seconds();
        for (std::size_t i = 0; i < asked.size(); ++i) {
            if (i % batch == 0) out.clear();
            engine.query(asked[i], client(i), Instant{}, out);
        }
        best = std::min(best, processor_seconds() - began);
    }
    return best * 1e9 / static_cast<double>(asked.size());
}

double forwarded_nanoseconds(dnsd::Engine& engine, const std::vector<Bytes>& asked) {
    dnsd::Decisions out;
    std::vector<Bytes> answers;
    std::vector<dnsd::Decisions::Ask> asks;
    double best = 1e9;
    for (int round = 0; round < rounds; ++round) {
        double seconds = 0;
        for (std::size_t at = 0; at + batch <= asked.size(); at += batch) {
            out.clear();
            auto began = processor_seconds();
            for (std::size_t i = at; i < at + batch; ++i) engine.query(asked[i], client(i), Instant{}, out);
            seconds += processor_seconds() - began;
            answers.clear();
            asks.assign(out.asks().begin(), out.asks().end());
            for (const auto& ask : asks) answers.push_back(answer_to(out.bytes(ask)));
            out.clear();
            began = processor_seconds();
            for (std::size_t i = 0; i < asks.size(); ++i)
                engine.upstream_answer(answers[i], upstream, dnsd::Transport::Udp, asks[i].slot, Instant{}, out);
            seconds += processor_seconds() - began;
        }
        best = std::min(best, seconds);
    }
    return best * 1e9 / static_cast<double>(asked.size());
}

void print(std::string_view measure, double value, double target) {
    std::cout << std::fixed << std::setprecision(0) << R"({"measure":")" << measure << R"(","value":)" << value
              << R"(,"unit":"ns","target":)" << target << R"(,"met":)" << (value <= target ? "true" : "false") << "}\n";
}

}  // namespace

int main() {
    std::mt19937 random{7};
    std::vector<std::string> names;
    while (names.size() < catalogued) names.push_back(random_name(random));
    policy::CatalogueBuilder builder;
    const auto tag = builder.tag(policy::TagKind::Category, "games");
    for (const auto& name : names) builder.add(name, tag, true);
    const auto arena = builder.build().value();
    const auto rules = policy::compile({.categories = {{.category = "games"}}}, 1);
    const auto decides = policy::Engine::open(rules, policy::Catalogue::open(arena).value()).value();

    std::vector<Bytes> blocked, forwarded;
    for (std::size_t i = 0; i < questions; ++i) {
        blocked.push_back(query(names[random() % names.size()], static_cast<std::uint16_t>(i)));
        forwarded.push_back(query(random_name(random) + ".net", static_cast<std::uint16_t>(i)));
    }
    dnsd::SeededRandom bits{1};
    dnsd::Engine engine{bits, {}};
    engine.set_upstreams(std::vector{upstream});
    if (!engine.set_policy({std::shared_ptr<void>{}, &decides}).empty()) return 1;
    print("dnsd engine: a name blocked among a million", blocked_nanoseconds(engine, blocked), most_blocked);
    print("dnsd engine: a name forwarded and its answer", forwarded_nanoseconds(engine, forwarded), most_forwarded);
    if (engine.counters().blocked != questions * rounds || engine.counters().answered == 0) return 1;
    return 0;
}
