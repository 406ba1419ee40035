// The packet filter under load, in namespaces of its own (needs root): 5,000 bans and 50,000 prefixes refilled while a banned
// guest keeps sending, one ban more on top of it, and dnsd's batches. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <chrono>
#include <iomanip>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "router/firewall/allowed.hpp"
#include "router/firewall/kernel.hpp"
#include "tests/adapters/firewall/small_venue.hpp"

namespace {

using namespace vivi;
using namespace vivi::firewall;

constexpr std::uint32_t banned_devices = 5'000, prefixes = 50'000;
constexpr int refills = 20, single_bans = 100, batches = 2'000;
constexpr std::uint16_t port = 5'000;
const Mac guest1 = *parse_mac("02:00:00:00:00:01");

Plan crowded() {
    model::Configuration configuration{.revision = 1};
    configuration.networks.push_back({.name = "lan", .interface = "br-lan", .address = *parse_ipv4_prefix("10.66.0.1/22")});
    configuration.uplink.interface = "uplink0";
    auto& policy = configuration.policy;
    policy.devices.push_back({.device = guest1});
    for (std::uint32_t i = 1; i < banned_devices; ++i)
        policy.devices.push_back({.device = {{0x06, 0, 0, 0, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)}}});
    for (std::uint32_t i = 0; i < prefixes; ++i)  // Every other /24: nothing to coalesce.
        policy.addresses.push_back({.prefix = {to_mapped(Ipv4{0x20000000 + i * 512}), 120}});
    return plan(configuration, {}, {});
}

/// Sends datagrams to the internet from a guest's namespace until told to stop.
class Sender {
public:
    Sender(const test::SmallVenue& place, const std::string& guest, char name)
        : socket_{place.socket(guest, SOCK_DGRAM)},
          to_{test::endpoint("192.0.2.1", port)},
          thread_{[this, name] { run(name); }} {}
    ~Sender() {
        stops_ = true;
        thread_.join();
    }

private:
    void run(char name) {
        while (!stops_) {
            ::sendto(socket_.number(), &name, 1, MSG_DONTWAIT, to_.get(), to_.size);
            std::this_thread::sleep_for(std::chrono::microseconds{200});
        }
    }
    test::Socket socket_;
    test::Endpoint to_;
    std::atomic<bool> stops_{false};
    std::thread thread_;
};

/// Datagrams that arrived, by sender.
struct Arrived {
    std::size_t banned = 0, free = 0;
};
Arrived arrived(const test::Socket& listener) {
    Arrived arrived;
    char name = 0;
    while (::recv(listener.number(), &name, 1, MSG_DONTWAIT) == 1) ++(name == 'b' ? arrived.banned : arrived.free);
    return arrived;
}

template <class Call>
double milliseconds(Call call) {
    const auto start = std::chrono::steady_clock::now();
    if (const auto done = call(); !done) throw std::runtime_error{done.error().detail};
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

double percentile(std::vector<double> values, std::size_t percent) {
    std::ranges::sort(values);
    return values[values.size() * percent / 100];
}
double median(std::vector<double> values) { return percentile(std::move(values), 50); }

bool report(const std::string& measure, double value, const std::string& unit, double target) {
    const bool is_met = value <= target;
    std::cout << R"({"measure":")" << measure << R"(","value":)" << std::fixed << std::setprecision(3) << value << R"(,"unit":")"
              << unit << R"(","target":)" << target << R"(,"met":)" << (is_met ? "true" : "false") << "}\n";
    return is_met;
}

class Bench {
public:
    bool refill() {
        const auto listener = place_.listen("internet", SOCK_DGRAM, port);
        place_.inside("router", [&] {
            milliseconds([&] { return kernel_.load(plan_); });
            return milliseconds([&] { return kernel_.enable_forwarding(); });
        });
        std::vector<Allowed> held;
        for (std::uint32_t i = 0; i < 500; ++i) held.push_back({.view = 7, .address = to_mapped(Ipv4{0xc6336400 + i})});
        place_.inside("router", [&] { return milliseconds([&] { return sets_.allow(held, Seconds{3600}); }); });

        const Sender banned{place_, "guest1", 'b'}, free{place_, "guest2", 'f'};
        std::vector<double> times;
        Arrived all;
        for (int i = 0; i < refills; ++i) {
            times.push_back(place_.inside("router", [&] { return milliseconds([&] { return kernel_.load(plan_); }); }));
            const auto some = arrived(listener);
            all.banned += some.banned;
            all.free += some.free;
        }
        const auto kept = place_.inside("router", [&] { return sets_.held(); });
        const auto lost = static_cast<double>(held.size()) - static_cast<double>(kept ? kept->size() : 0);
        bool is_good = report("firewall refill of 5,000 bans and 50,000 prefixes, median of 20", median(times), "ms", 2'000);
        is_good &= report("firewall packets of a banned device that passed during 20 refills", static_cast<double>(all.banned),
                          "packets", 0);
        is_good &= report("firewall allowed elements lost in 20 refills", lost, "elements", 0);
        // Otherwise nothing was probed: a guest that may send was let through all the time.
        const auto fewest = static_cast<double>(refills);
        return report("firewall refills without a packet of another device", all.free >= refills ? 0 : fewest, "refills", 0) &&
               is_good;
    }

    bool single_ban() {
        auto with_one_more = plan_;
        with_one_more.bans.devices.insert(*parse_mac("02:00:00:00:00:77"));
        with_one_more.bans.addresses.insert(*parse_address("10.66.0.77"));
        const auto ban = *difference(plan_, with_one_more), unban = *difference(with_one_more, plan_);
        std::vector<double> times;
        for (int i = 0; i < single_bans; ++i) {
            place_.inside("router", [&] {
                times.push_back(milliseconds([&] { return kernel_.change(ban); }));
                times.push_back(milliseconds([&] { return kernel_.change(unban); }));
                return 0;
            });
        }
        const bool is_quick = report("firewall ban or unban on top of them, median", median(times), "ms", 20);
        return report("firewall ban or unban on top of them, 95th of 100", percentile(times, 95), "ms", 20) && is_quick;
    }

    bool allow_batches() {
        std::vector<double> times;
        for (std::uint32_t i = 0; i < batches; ++i) {
            std::vector<Allowed> answer;
            for (std::uint32_t j = 0; j < 8; ++j)
                answer.push_back({.view = i % 50, .address = to_mapped(Ipv4{0xcb007100 + (i * 8 + j) % 20'000})});
            times.push_back(
                place_.inside("router", [&] { return milliseconds([&] { return sets_.allow(answer, Seconds{3660}); }); }));
        }
        return report("firewall allow() of 8 addresses, median", median(times) * 1000, "us", 100);
    }

    /// What bridged does every few seconds while dnsd changes its sets.
    bool check() {
        std::vector<double> times;
        for (std::uint32_t i = 0; i < 20; ++i) {
            place_.inside("router", [&] {
                milliseconds([&] { return sets_.allow(std::array{Allowed{.view = i}}, Seconds{60}); });
                times.push_back(milliseconds([&] { return kernel_.check(plan_); }));
                return 0;
            });
        }
        return report("firewall check for drift after others' changes, median", median(times), "ms", 100);
    }

private:
    test::SmallVenue place_{"bench"};
    Plan plan_ = crowded();
    Kernel kernel_{};
    AllowedSets sets_{};
};

}  // namespace

int main() {
    if (::geteuid() != 0) {
        std::cerr << "firewall_bench: needs root for its network namespaces\n";
        return 1;
    }
    try {
        Bench bench;
        bool is_good = bench.refill();
        is_good &= bench.single_ban();
        is_good &= bench.allow_batches();
        is_good &= bench.check();
        return is_good ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "firewall_bench: " << error.what() << '\n';
        return 1;
    }
}
