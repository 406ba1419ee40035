// A million names: from the text of a list to an arena, what it needs, and how long a lookup takes, beside a std::unordered_set.
// SPDX-License-Identifier: Apache-2.0
#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <iomanip>
#include <iostream>
#include <random>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "common/policy/catalogue.hpp"
#include "common/policy/list.hpp"

namespace {

using namespace vivi;

constexpr std::size_t names = 1'000'000, questions = 1'000'000;
constexpr int rounds = 5;
constexpr double most_seconds = 2, most_open_ms = 100, most_arena_mb = 64, most_nanoseconds = 300, most_peak_mb = 256;

/// Labels as lists have them: mostly 4 to 12 letters, few digits and hyphens, a thin tail of long ones.
std::string random_label(std::mt19937& random) {
    static constexpr std::string_view letters = "eeeaaaiiooonnnrrrtttsssllccddmmppuubbgghhfvkwyzjxq-0123456789";
    auto length = 3 + random() % 6;
    while (length < 40 && random() % 3 == 0) length += 1 + random() % 4;
    std::string label;
    for (; length > 0; --length) label += letters[random() % letters.size()];
    label.front() = static_cast<char>('a' + random() % 26);
    label.back() = static_cast<char>('a' + random() % 26);
    return label;
}

std::string random_name(std::mt19937& random, const std::vector<std::string>& parents) {
    static constexpr std::array<std::string_view, 16> suffixes{"com", "com", "com", "com", "com",   "com",  "net",    "net",
                                                               "org", "org", "de",  "ru",  "co.uk", "info", "com.br", "xyz"};
    if (!parents.empty() && random() % 3 == 0) return random_label(random) + "." + parents[random() % parents.size()];
    return random_label(random) + "." + std::string{suffixes[random() % suffixes.size()]};
}

std::vector<std::string> random_names(std::size_t count) {
    std::mt19937 random{7};
    std::unordered_set<std::string> known;
    std::vector<std::string> all;
    while (all.size() < count) {
        auto name = random_name(random, all);
        if (name.size() < 120 && known.insert(name).second) all.push_back(std::move(name));
    }
    return all;
}

/// Half of them at or below a listed name, half of them not listed at all; in the order of chance, as guests ask.
std::vector<std::string> random_questions(const std::vector<std::string>& listed) {
    std::mt19937 random{11};
    std::vector<std::string> all;
    while (all.size() < questions) {
        const auto& name = listed[random() % listed.size()];
        switch (random() % 4) {
            case 0: all.push_back(name); break;
            case 1: all.push_back("www." + name); break;
            case 2: all.push_back("www." + random_label(random) + ".com"); break;
            default: all.push_back(random_label(random) + "." + random_label(random) + ".co.uk"); break;
        }
    }
    return all;
}

double processor_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// Of the processor, not of the clock on the wall: all of this is one thread that waits for nothing.
double seconds_of(const auto& work) {
    const auto began = processor_seconds();
    work();
    return processor_seconds() - began;
}

/// The best of some rounds: what the machine can do, not what else it did meanwhile.
double best_seconds(const auto& work) {
    double best = 1e9;
    for (int round = 0; round < rounds; ++round) best = std::min(best, seconds_of(work));
    return best;
}

/// Of one question, on average of the best round. The names asked for are in the cache, as the packet is that asks; what is
/// looked into is not.
double nanoseconds_of(const std::vector<std::string>& asked, const auto& look_up) {
    constexpr std::size_t at_once = 1'000;
    double best = 1e9;
    std::size_t touched = 0;
    for (int round = 0; round < rounds; ++round) {
        double seconds = 0;
        for (std::size_t at = 0; at < asked.size(); at += at_once) {
            const auto some = std::span{asked}.subspan(at, std::min(at_once, asked.size() - at));
            for (const auto& name : some) touched += std::hash<std::string>{}(name) & 1;
            seconds += seconds_of([&] { std::ranges::for_each(some, look_up); });
        }
        best = std::min(best, seconds);
    }
    if (touched == 0) std::exit(1);
    return best * 1e9 / static_cast<double>(asked.size());
}

double peak_mb() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

double heap_mb() {
    const auto info = ::mallinfo2();
    return static_cast<double>(info.uordblks + info.hblkhd) / 1e6;
}

struct Measure {
    std::string_view name{}, unit{}, peer{};
    double value = 0, peer_value = 0, target = 0;
};

void print(const Measure& measure) {
    std::cout << std::fixed << std::setprecision(2) << R"({"measure":")" << measure.name << R"(","value":)" << measure.value
              << R"(,"unit":")" << measure.unit << R"(","peer":")" << measure.peer << R"(","peer_value":)" << measure.peer_value
              << R"(,"ratio":)" << (measure.peer_value > 0 ? measure.value / measure.peer_value : 0) << R"(,"target":)"
              << measure.target << R"(,"met":)" << (measure.value <= measure.target ? "true" : "false") << "}\n";
}

/// What dnsd and bridged do with a list of this text.
Bytes build(const std::string& text) {
    policy::CatalogueBuilder builder;
    const auto tag = builder.tag(policy::TagKind::List, "a million");
    const auto report = policy::read_list(text, policy::ListFormat::Domains,
                                          [&](const policy::ListEntry& entry) { builder.add(entry.name, tag, entry.reach); });
    if (report.accepted != names || report.invalid + report.unsupported + report.duplicates > 0) std::exit(1);
    return builder.build().value();
}

bool is_listed(const std::unordered_set<std::string>& set, std::string_view name) {
    std::string suffix{name};
    for (;;) {
        if (set.contains(suffix)) return true;
        const auto dot = suffix.find('.');
        if (dot == std::string::npos) return false;
        suffix.erase(0, dot + 1);
    }
}

void fill(std::unordered_set<std::string>& set, const std::string& text) {
    set.clear();
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at);
        set.emplace(text, at, end - at);
        at = end + 1;
    }
}

/// False: the two do not find the same, and their times mean nothing.
bool compare_lookups(const policy::Catalogue& catalogue, const std::unordered_set<std::string>& set) {
    const auto asked = random_questions(random_names(names));
    std::array<policy::Catalogue::Tag, policy::Catalogue::most_tags_of_a_name> room{};
    std::size_t found = 0, found_by_set = 0;
    const auto lookup =
        nanoseconds_of(asked, [&](const std::string& name) { found += catalogue.find(name, room).empty() ? 0 : 1; });
    const auto by_set = nanoseconds_of(asked, [&](const std::string& name) { found_by_set += is_listed(set, name) ? 1 : 0; });
    print({"catalogue: lookup among 1,000,000 names", "ns", "suffix walk in a std::unordered_set", lookup, by_set,
           most_nanoseconds});
    return found == found_by_set && found > questions / 3;
}

}  // namespace

int main() {
    std::string text;
    for (const auto& name : random_names(names)) text += name + "\n";
    ::malloc_trim(0);
    const auto before = heap_mb();
    Bytes arena;
    const auto load = best_seconds([&] {
        arena = {};
        arena = build(text);
        (void)policy::Catalogue::open(arena).value();
    });
    const auto peak = peak_mb();
    policy::Catalogue catalogue;
    const auto open = best_seconds([&] { catalogue = policy::Catalogue::open(arena).value(); });

    std::unordered_set<std::string> set;
    const auto filled = best_seconds([&] { fill(set, text); });
    const auto set_mb = heap_mb() - before - static_cast<double>(arena.capacity()) / 1e6;
    print({"catalogue: a list of 1,000,000 names read, built and opened", "s", "std::unordered_set filled from the same text",
           load, filled, most_seconds});
    print({"catalogue: opening an arena of 1,000,000 names", "ms", "std::unordered_set filled", open * 1e3, filled * 1e3,
           most_open_ms});
    print({"catalogue: arena of 1,000,000 names", "MB", "heap of the std::unordered_set", static_cast<double>(arena.size()) / 1e6,
           set_mb, most_arena_mb});
    print({"catalogue: peak of the process while building, text and generator included", "MiB", "none", peak, 0, most_peak_mb});
    return compare_lookups(catalogue, set) ? 0 : 1;
}
