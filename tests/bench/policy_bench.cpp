// Thousands of rules and a million catalogued names: how long a decision takes, a compilation, an opening.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <iomanip>
#include <iostream>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/policy/rules.hpp"

namespace {

using namespace vivi;

constexpr std::size_t catalogued = 1'000'000, domain_rules = 5'000, prefix_rules = 50'000, questions = 1'000'000;
constexpr std::uint32_t devices = 200;
constexpr int rounds = 5;
constexpr double most_nanoseconds = 300, most_address_nanoseconds = 1'000, most_compile_ms = 100, most_open_ms = 10;

std::string random_label(std::mt19937& random) {
    std::string label;
    for (auto length = 4 + random() % 9; length > 0; --length) label += static_cast<char>('a' + random() % 26);
    return label;
}

std::string random_domain(std::mt19937& random) {
    static constexpr std::array<std::string_view, 8> suffixes{"com", "com", "com", "net", "org", "de", "co.uk", "com.br"};
    return random_label(random) + "." + std::string{suffixes[random() % suffixes.size()]};
}

Mac device(std::uint32_t number) {
    return {{0x02, 0, 0, 0, static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)}};
}

model::Scope random_scope(std::mt19937& random) {
    model::Scope scope;
    if (random() % 4 == 0) scope.device = device(random() % devices);
    if (!scope.device && random() % 2 == 0) scope.group = random() % 2 == 0 ? "guests" : "staff";
    return scope;
}

model::Policy policy_of_thousands(const std::vector<std::string>& names) {
    std::mt19937 random{3};
    model::Policy policy{.groups = {{.name = "guests"}, {.name = "staff", .mode = model::Mode::AllowListed}}};
    for (std::uint32_t i = 0; i < devices; ++i) policy.groups[i % 2].devices.push_back(device(i));
    for (std::size_t i = 0; i < domain_rules; ++i)
        policy.domains.push_back({.domain = names[random() % names.size()],
                                  .decision = random() % 2 == 0 ? model::Decision::Allow : model::Decision::Deny,
                                  .scope = random_scope(random)});
    for (int i = 0; i < 8; ++i) policy.categories.push_back({.category = "category " + std::to_string(i)});
    for (int i = 0; i < 20; ++i)
        policy.services.push_back({.service = "service " + std::to_string(i), .scope = {.group = "guests"}});
    return policy;
}

model::Policy policy_of_prefixes() {
    std::mt19937 random{5};
    model::Policy policy;
    while (policy.addresses.size() < prefix_rules) {
        const auto length = static_cast<std::uint8_t>(16 + random() % 17);
        const Ipv4Prefix prefix{{static_cast<std::uint32_t>(random())}, length};
        policy.addresses.push_back(
            {.prefix = {to_mapped(prefix.network()), static_cast<std::uint8_t>(96 + length)}, .scope = random_scope(random)});
    }
    return policy;
}

Bytes catalogue_of(const std::vector<std::string>& names) {
    policy::CatalogueBuilder builder;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto tag = i % 50 == 0 ? builder.tag(policy::TagKind::Service, "service " + std::to_string(i / 50 % 60))
                                     : builder.tag(policy::TagKind::Category, "category " + std::to_string(i % 14));
        builder.add(names[i], tag, true);
    }
    return builder.build().value();
}

/// A third catalogued, two thirds of them below it; the rest are in nothing.
std::vector<std::string> names_asked(const std::vector<std::string>& names) {
    std::mt19937 random{11};
    std::vector<std::string> asked;
    while (asked.size() < questions) {
        switch (random() % 3) {
            case 0: asked.push_back((random() % 3 == 0 ? "" : "www.") + names[random() % names.size()]); break;
            case 1: asked.push_back("www." + random_domain(random)); break;
            default: asked.push_back("a." + random_label(random) + ".cdn." + random_domain(random)); break;
        }
    }
    return asked;
}

double processor_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// The best of some rounds: what the machine can do, not what else it did meanwhile.
double best_seconds(const auto& work) {
    double best = 1e9;
    for (int round = 0; round < rounds; ++round) {
        const auto began = processor_seconds();
        work();
        best = std::min(best, processor_seconds() - began);
    }
    return best;
}

/// Of one question. Questions are touched before in small portions: they come out of a packet, what they are looked up in does
/// not.
template <class Question>
double nanoseconds_of(const std::vector<Question>& asked, const auto& touch, const auto& decide) {
    constexpr std::size_t at_once = 1'000;
    double best = 1e9;
    std::size_t touched = 0;
    for (int round = 0; round < rounds; ++round) {
        double seconds = 0;
        for (std::size_t at = 0; at < asked.size(); at += at_once) {
            const auto some = std::span{asked}.subspan(at, std::min(at_once, asked.size() - at));
            for (const auto& question : some) touched += touch(question);
            const auto began = processor_seconds();
            for (const auto& question : some) touched += decide(question);
            seconds += processor_seconds() - began;
        }
        best = std::min(best, seconds);
    }
    if (touched == 0) std::exit(1);
    return best * 1e9 / static_cast<double>(asked.size());
}

void print(std::string_view measure, double value, std::string_view unit, double target) {
    std::cout << std::fixed << std::setprecision(value < 10 ? 2 : 0) << R"({"measure":")" << measure << R"(","value":)" << value
              << R"(,"unit":")" << unit << R"(","target":)" << target << R"(,"met":)" << (value <= target ? "true" : "false")
              << "}\n";
}

double nanoseconds_of_a_name(const policy::Engine& engine, const std::vector<std::string>& asked) {
    std::vector<policy::Subject> subjects;
    for (std::uint32_t i = 0; i < devices; ++i) subjects.push_back(engine.subject(device(i)));
    std::size_t next = 0;
    return nanoseconds_of(
        asked, [](const auto& name) { return std::hash<std::string>{}(name) & 1; },
        [&](const auto& name) { return engine.decide_name(subjects[next++ % devices], name).is_denied() ? 1U : 0U; });
}

}  // namespace

int main() {
    std::mt19937 random{7};
    std::vector<std::string> names;
    while (names.size() < catalogued)
        names.push_back((random() % 3 == 0 ? random_label(random) + "." : "") + random_domain(random));
    const auto rules = policy_of_thousands(names), prefixes = policy_of_prefixes();
    const auto arena = catalogue_of(names);
    const auto catalogue = policy::Catalogue::open(arena).value();
    const auto asked = names_asked(names);

    Bytes image, prefix_image;
    print("policy: compile 5,000 domain rules", best_seconds([&] { image = policy::compile(rules, 1); }) * 1e3, "ms",
          most_compile_ms);
    print("policy: compile 50,000 address rules", best_seconds([&] { prefix_image = policy::compile(prefixes, 1); }) * 1e3, "ms",
          2 * most_compile_ms);
    print("policy: open the image", best_seconds([&] { policy::Engine::open(image, catalogue).value(); }) * 1e3, "ms",
          most_open_ms);

    const auto alone = policy::Engine::open(image, {}).value(), whole = policy::Engine::open(image, catalogue).value();
    print("policy: decide a name by 5,000 rules", nanoseconds_of_a_name(alone, asked), "ns", most_nanoseconds);
    print("policy: decide a name by 5,000 rules and a million catalogued names", nanoseconds_of_a_name(whole, asked), "ns",
          most_nanoseconds);

    const auto by_address = policy::Engine::open(prefix_image, {}).value();
    const auto subject = by_address.subject(device(1));
    std::vector<Ipv6> addresses;
    while (addresses.size() < questions) addresses.push_back(to_mapped(Ipv4{static_cast<std::uint32_t>(random())}));
    print("policy: decide an address by 50,000 prefixes",
          nanoseconds_of(
              addresses, [](const Ipv6& address) { return address.octets[15] & 1U; },
              [&](const Ipv6& address) {
                  return by_address.decide_address(subject, address, model::Transport::Tcp, 443).is_denied() ? 1U : 0U;
              }),
          "ns", most_address_nanoseconds);
    return 0;
}
