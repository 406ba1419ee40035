// bridged with its outbox at 2,500 events a second, from RabbitMQ through Redis to a hub: processor time and memory.
// SPDX-License-Identifier: Apache-2.0
//
// Each event is a message of its own (the worst case: pcapd puts a tick into one). The hub's side is in this process, and so is
// the producer: neither counts. PSS and RSS are of the daemon alone.
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "common/bus/rabbitmq.hpp"
#include "common/core/crypto.hpp"
#include "common/model/event.hpp"
#include "common/runtime/clock.hpp"
#include "tests/adapters/bridged/tiny_hub.hpp"
#include "tests/adapters/loop.hpp"
#include "tests/adapters/services.hpp"

namespace {

using namespace vivi;

constexpr int per_second = 2'500, seconds = 20, in_batch = 125;

/// Seconds of processor time, user and system (proc(5), fields 14 and 15 of stat).
double processor_seconds(pid_t pid) {
    std::ifstream file{"/proc/" + std::to_string(pid) + "/stat"};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    std::istringstream rest{text.substr(text.rfind(')') + 2)};
    std::string word;
    double ticks = 0;
    for (int field = 3; rest >> word; ++field) {
        if (field == 14 || field == 15) ticks += std::stod(word);
    }
    return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double resident_mb(pid_t pid) {
    std::ifstream file{"/proc/" + std::to_string(pid) + "/status"};
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) / 1024;
    }
    return 0;
}

void say(const std::string& measure, double value, const std::string& unit, double target) {
    std::cout << std::fixed << std::setprecision(1) << R"({"measure":")" << measure << R"(","value":)" << value << R"(,"unit":")"
              << unit << R"(","target":)" << target << R"(,"met":)" << (value <= target ? "true" : "false") << "}\n";
}

struct Producer {
    bus::RabbitmqPublisher& publisher;
    std::string instance = crypto::random_id();
    std::uint64_t number = 0;

    Task<> send(int count) {
        std::vector<bus::Message> batch;
        for (int i = 0; i < count; ++i) {
            auto body = model::to_json(model::Envelope{.at = wall_now(), .from = {.instance = instance, .number = ++number}});
            body["tick_ms"] = 10'000;
            body["captured"] = body["dropped"] = 0;
            body["rows"] = {{{"device", "02:00:00:00:00:01"},
                             {"name", "n" + std::to_string(number % 500) + ".example.org"},
                             {"source", "sni"},
                             {"bytes_up", 100},
                             {"bytes_down", 1400},
                             {"packets_up", 1},
                             {"packets_down", 2}}};
            batch.push_back({.topic = "traffic.batch", .body = body.dump()});
        }
        for (;;) {
            const auto sent = co_await publisher.publish(batch);
            if (sent) co_return;
            co_await after(100ms);
        }
    }
};

Task<> at_that_rate(Producer& producer, pid_t pid, test::TinyHub& hub) {
    const auto until = [&](std::uint64_t count) -> Task<> {
        const auto deadline = now() + 60s;
        while (hub.committed().size() < count) {
            if (now() > deadline) throw std::runtime_error{"the hub has only " + std::to_string(hub.committed().size())};
            co_await after(20ms);
        }
    };
    // The queue must be there: until the first comes through.
    for (int i = 0; i < 200 && hub.count(producer.instance) == 0; ++i) {
        co_await producer.send(1);
        co_await after(100ms);
    }
    const auto before = hub.committed().size();
    const auto cpu = processor_seconds(pid);
    const auto began = now();
    double most = 0;
    for (int i = 0; i < per_second * seconds / in_batch; ++i) {
        co_await producer.send(in_batch);
        most = std::max(most, resident_mb(pid));
        const auto next = began + Milliseconds{1'000LL * in_batch * (i + 1) / per_second};
        if (next > now()) co_await after(std::chrono::ceil<Milliseconds>(next - now()));
    }
    co_await until(before + static_cast<std::size_t>(per_second * seconds));
    const std::chrono::duration<double> took = now() - began;
    const auto rate = per_second * seconds / took.count();
    std::cerr << "outbox_bench: " << rate << " events a second\n";
    say("bridged at 2,500 events/s, of one core", 100 * (processor_seconds(pid) - cpu) / (rate / per_second * took.count()), "%",
        15);
    say("bridged at 2,500 events/s, resident", most, "MB", 40);
}

}  // namespace

int main() {
    try {
        test::TempFolder folder;
        test::PrivateRabbitmq broker;
        test::PrivateRedis state, stream;
        std::ofstream{folder / "bridged.toml"}
            << "bus.url = \"" << broker.url() << "\"\nstate.url = \"" << state.url() << "\"\nstream.url = \"" << stream.url()
            << "\"\nlast_good.file = \"" << folder / "last-good.json" << "\"\nsync.socket = \"" << folder / "sync.sock"
            << "\"\nhealth.socket = \"" << folder / "health" << "\"\npolicy.folder = \"" << folder / "policy"
            << "\"\nruleset.file = \"\"\ntrial.file = \"\"\npolicy.lists = \"\"\nnetwork.manage = false\nfirewall.enable = "
               "false\n"
               "forwarding.enable = false\nconfig.reporters = [\"dhcpd\"]\n";
        test::Child daemon{{.command = {VIVI_BRIDGED, "--config", folder / "bridged.toml"}, .output = folder / "log"}};
        test::Loop loop;
        test::TinyHub hub{folder / "sync.sock"};
        bus::RabbitmqPublisher publisher{loop.executor(), {.url = broker.url(), .exchange = "vivi.events"}};
        Producer producer{publisher};
        loop.run(together(hub.serve(), at_that_rate(producer, daemon.pid(), hub)), Milliseconds{180'000});
        return 0;
    } catch (const std::exception& failure) {
        std::cerr << "outbox_bench: " << failure.what() << '\n';
        return 1;
    }
}
