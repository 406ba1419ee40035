// dnsd against dnsmasq and unbound under dnsperf: answered here, forwarded, what it adds, and how soon a rule holds.
// SPDX-License-Identifier: Apache-2.0
//
// One network namespace of its own; every server is pinned to core 0 and the load to core 1. dnsd and the unbound behind it share
// core 0. The machine is shared: what is compared are queries a second of processor time that the kernel charged to the servers
// (/proc/PID/task/*/schedstat), dnsd's with unbound's where it is behind, which is the rate of a core that does nothing else.
// Pairs are measured in turns and the medians compared. What dnsperf counted on the clock is on standard error.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <thread>

#include "tests/adapters/dnsd/venue.hpp"

namespace vivi {
namespace {

using test::Child;
using test::Launch;
using test::shell;
using test::text_of;
using Clock = std::chrono::steady_clock;

constexpr int blocked_names = 1'000'000;
constexpr int unbound_names = 200'000;  ///< A local-zone takes about 1 KiB there: a million would not fit beside the rest.
constexpr int asked_names = 50'000;
constexpr int forwarded_names =
    20'000;  ///< So many that two clients seldom ask the same at once: joined questions would flatter.
constexpr int rounds = 5;
constexpr const char* seconds = "3";
constexpr const char* server_address = "10.77.0.1";
constexpr const char* client_address = "10.77.0.2";  ///< Not loopback: dnsd lets the router itself ask anything.

std::string blocked_name(int i) { return "ads" + std::to_string(i) + ".tracker" + std::to_string(i % 4'000) + ".example"; }

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

void say(const std::string& measure, double value, const std::string& unit, const std::string& peer,
         std::optional<double> peer_value, std::optional<double> ratio, const std::string& target, bool is_met) {
    nlohmann::json line{{"measure", measure}, {"value", value}, {"unit", unit}, {"target", target}, {"met", is_met}};
    line["peer"] = peer.empty() ? nlohmann::json() : nlohmann::json(peer);
    line["peer_value"] = peer_value ? nlohmann::json(*peer_value) : nlohmann::json();
    line["ratio"] = ratio ? nlohmann::json(*ratio) : nlohmann::json();
    std::puts(line.dump().c_str());
    std::fflush(stdout);
}

std::vector<std::string> pinned(int core, std::vector<std::string> command) {
    command.insert(command.begin(), {"/usr/bin/taskset", "-c", std::to_string(core)});
    return command;
}

/// A server on core 0 with its files; ready when it answers on `port`.
class Server {
public:
    Server(std::vector<std::string> command, std::uint16_t port, std::map<std::string, std::string> environment = {})
        : child_{Launch{.command = pinned(0, std::move(command)),
                        .environment = std::move(environment),
                        .output = folder_ / "log",
                        .user = {}}} {
        test::await(
            "the server on port " + std::to_string(port),
            [&] {
                if (child_.has_ended()) throw std::runtime_error{text_of(folder_ / "log")};
                const auto dig = "dig +timeout=1 +tries=1 -b " + std::string{client_address} + " -p " + std::to_string(port) +
                                 " @" + server_address + " " + blocked_name(1);
                return test::output_of(test::words(dig)).contains("status: ");
            },
            Milliseconds{120'000});
    }
    /// Seconds of processor time so far, of all its threads.
    double processor_seconds() const {
        double sum = 0;
        for (const auto& task : std::filesystem::directory_iterator{"/proc/" + std::to_string(child_.pid()) + "/task"}) {
            std::ifstream file{task.path() / "schedstat"};
            double nanoseconds = 0;
            file >> nanoseconds;
            sum += nanoseconds / 1e9;
        }
        return sum;
    }

private:
    test::TempFolder folder_{};
    Child child_;
};

struct Measured {
    double rate = 0;
    double answered = 0;
    double lost = 0;
    std::string codes{};
};

Measured dnsperf(std::uint16_t port, const std::string& names, const std::string& how_long = seconds,
                 const std::string& more = "") {
    const auto line = "dnsperf -s " + std::string{server_address} + " -a " + client_address + " -p " + std::to_string(port) +
                      " -q 256 -c 8 -T 1 -t 5 -l " + how_long + " -d " + names + " " + more;
    const auto report = test::output_of(pinned(1, test::words(line)));
    const auto after = [&](const std::string& key) {
        const auto at = report.find(key);
        if (at == std::string::npos) throw std::runtime_error{"dnsperf: " + report};
        return report.substr(at + key.size(), report.find('\n', at) - at - key.size());
    };
    return {.rate = std::stod(after("Queries per second:")),
            .answered = std::stod(after("Queries completed:")),
            .lost = std::stod(after("Queries lost:")),
            .codes = after("Response codes:")};
}

/// Who is asked at a port, and everybody whose work that is.
struct Contender {
    std::uint16_t port = 0;
    std::vector<const Server*> servers{};

    double processor_seconds() const {
        double sum = 0;
        for (const auto* server : servers) sum += server->processor_seconds();
        return sum;
    }
};

/// In turns; the medians of queries a second of processor time.
std::map<std::uint16_t, double> compare(const std::vector<Contender>& contenders, const std::string& names,
                                        const std::string& expected) {
    std::map<std::uint16_t, std::vector<double>> rates;
    for (int round = 0; round < rounds; ++round) {
        for (const auto& contender : contenders) {
            const auto before = contender.processor_seconds();
            const auto measured = dnsperf(contender.port, names);
            const auto spent = contender.processor_seconds() - before;
            rates[contender.port].push_back(measured.answered / spent);
            std::fprintf(stderr, "port %u: %.0f/s on the clock, %.0f/s of processor time, lost %.0f,%s\n", contender.port,
                         measured.rate, rates[contender.port].back(), measured.lost, measured.codes.c_str());
            if (!measured.codes.contains(expected)) throw std::runtime_error{"answered " + measured.codes};
        }
    }
    std::map<std::uint16_t, double> medians;
    for (auto& [port, values] : rates) medians[port] = median(std::move(values));
    return medians;
}

Bytes catalogue() {
    policy::CatalogueBuilder builder;
    const auto tag = builder.tag(policy::TagKind::Category, "advertising");
    for (int i = 0; i < blocked_names; ++i) builder.add(blocked_name(i), tag, /*with_below=*/true);
    return *builder.build();
}

model::Policy blocking() {
    model::Policy policy;
    policy.categories.push_back({.category = "advertising"});
    return policy;
}

/// One question at a time over one socket.
class Asker {
public:
    explicit Asker(std::uint16_t port) : socket_{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {
        const auto own = end(client_address, 0), other = end(server_address, port);
        if (::bind(socket_, as_address(own), sizeof own) != 0 || ::connect(socket_, as_address(other), sizeof other) != 0)
            throw std::runtime_error{"no socket to ask with"};
        const timeval patience{.tv_sec = 5, .tv_usec = 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    ~Asker() { ::close(socket_); }
    Asker(const Asker&) = delete;
    Asker& operator=(const Asker&) = delete;

    /// RCODE; throws when there is no answer.
    int ask(const std::string& name) {
        Writer out;
        out.u16(++id_).u16(0x0100).u16(1).u16(0).u16(0).u16(0);
        for (std::size_t at = 0; at < name.size();) {
            const auto dot = std::min(name.find('.', at), name.size());
            out.u8(static_cast<std::uint8_t>(dot - at)).put(std::string_view{name}.substr(at, dot - at));
            at = dot + 1;
        }
        out.u8(0).u16(1).u16(1);
        ::send(socket_, out.view().data(), out.size(), 0);
        std::array<std::byte, 4'096> answer{};
        const auto size = ::recv(socket_, answer.data(), answer.size(), 0);
        if (size < 12) throw std::runtime_error{name + ": no answer"};
        return std::to_integer<int>(answer[3]) & 15;
    }

private:
    static sockaddr_in end(const char* address, std::uint16_t port) {
        sockaddr_in made{};
        made.sin_family = AF_INET;
        made.sin_port = htons(port);
        ::inet_pton(AF_INET, address, &made.sin_addr);
        return made;
    }
    static const sockaddr* as_address(const sockaddr_in& address) {
        return static_cast<const sockaddr*>(static_cast<const void*>(&address));
    }
    int socket_;
    std::uint16_t id_ = 0;
};

double median_microseconds(Asker& asker, int count) {
    std::vector<double> times;
    for (int i = 0; i < count; ++i) {
        const auto began = Clock::now();
        if (asker.ask("n" + std::to_string(i % forwarded_names) + ".load.example") != 0) throw std::runtime_error{"not answered"};
        times.push_back(std::chrono::duration<double, std::micro>{Clock::now() - began}.count());
    }
    return median(std::move(times));
}

class Bench {
public:
    Bench() {
        if (::geteuid() != 0 || ::unshare(CLONE_NEWNET) != 0) throw std::runtime_error{"network namespaces need root"};
        shell("ip link set lo up; ip address add 10.77.0.1/24 dev lo; ip address add 10.77.0.2/24 dev lo");
        cpu_set_t cores;
        CPU_ZERO(&cores);
        CPU_SET(1, &cores);
        ::sched_setaffinity(0, sizeof cores, &cores);
        write_names();
        files_.decide(blocking(), 1);
        if (!state::replace_file(files_.path() + "/catalogue.bin", catalogue())) throw std::runtime_error{"no catalogue"};
        authority_.emplace(forwarded_names);
    }

    /// `part`: one of them alone; empty: all.
    void run(const std::string& part) {
        const std::pair<const char*, void (Bench::*)()> parts[]{{"answered", &Bench::answered_here},
                                                                {"forwarded", &Bench::forwarded},
                                                                {"added", &Bench::added},
                                                                {"rules", &Bench::rule_changes}};
        for (const auto& [name, measure] : parts) {
            if (part.empty() || part == name) (this->*measure)();
        }
    }

private:
    void write_names() {
        std::mt19937 random{1};
        std::ofstream blocked{folder_ / "blocked"}, loaded{folder_ / "loaded"}, dnsmasq{folder_ / "dnsmasq"};
        for (int i = 0; i < asked_names; ++i) blocked << blocked_name(static_cast<int>(random() % unbound_names)) << " A\n";
        std::vector<int> order(forwarded_names);
        for (int i = 0; i < forwarded_names; ++i) order[static_cast<std::size_t>(i)] = i;
        std::ranges::shuffle(order, random);
        for (const int i : order) loaded << "n" << i << ".load.example A\n";
        for (int i = 0; i < blocked_names; ++i) dnsmasq << "local=/" << blocked_name(i) << "/\n";
        std::ofstream unbound{folder_ / "zones"};
        for (int i = 0; i < unbound_names; ++i) unbound << "local-zone: \"" << blocked_name(i) << ".\" always_nxdomain\n";
    }
    std::map<std::string, std::string> dnsd_environment(std::uint16_t upstream_port) {
        return {{"VIVI_LISTEN_ADDRESSES", server_address},
                {"VIVI_LISTEN_PORT", "53"},
                {"VIVI_LAST_GOOD_FILE", ""},
                {"VIVI_UPSTREAM_ADDRESSES", std::string{server_address} + ":" + std::to_string(upstream_port)},
                {"VIVI_POLICY_FOLDER", files_.path()},
                {"VIVI_HEALTH_SOCKET", folder_ / "health"},
                {"VIVI_LOG_LEVEL", "warn"},
                {"VIVI_STATE_URL", "redis://127.0.0.1:1/0"},
                {"VIVI_BUS_URL", "amqp://guest:guest@127.0.0.1:1/"}};
    }
    std::vector<std::string> unbound_command(std::uint16_t port, const std::string& more) {
        const auto file = folder_ / ("unbound." + std::to_string(port));
        std::ofstream{file}
            << "server:\n  interface: 10.77.0.1\n  port: " << port
            << "\n  access-control: 10.77.0.0/24 allow\n  do-daemonize: no\n  chroot: \"\"\n  username: \"\"\n  pidfile: \"\"\n"
               "  use-syslog: no\n  logfile: \"\"\n  module-config: iterator\n  num-threads: 1\n  do-ip6: no\n"
               "  do-not-query-localhost: no\n  edns-buffer-size: 1232\n  max-udp-size: 1232\n  so-rcvbuf: 4m\n"
               "  msg-cache-size: 64m\n  rrset-cache-size: 128m\n"
            << more
            << "stub-zone:\n  name: \".\"\n  stub-addr: 127.0.0.1@5300\n  stub-prime: no\nremote-control:\n"
               "  control-enable: no\n";
        return {"/usr/sbin/unbound", "-d", "-c", file};
    }
    std::string dnsd_program() const { return VIVI_DNSD; }

    /// Every name once.
    void warm() { dnsperf(5335, folder_ / "loaded", "10", "-n 1"); }

    void answered_here() {
        Server dnsd{{dnsd_program(), "--config", "/dev/null"}, 53, dnsd_environment(5335)};
        Server dnsmasq{
            {"/usr/sbin/dnsmasq", "-d", "-p", "5401", "--no-resolv", "--no-hosts", "--bind-interfaces",
             "--listen-address=10.77.0.1", "--conf-file=" + (folder_ / "dnsmasq"), "--user=root", "--cache-size=10000"},
            5401};
        Server unbound{unbound_command(5402, "  include: \"" + (folder_ / "zones") + "\"\n"), 5402};
        const auto rates = compare({{53, {&dnsd}}, {5401, {&dnsmasq}}, {5402, {&unbound}}}, folder_ / "blocked", "NXDOMAIN");
        const auto own = rates.at(53);
        const auto ratio = [&](std::uint16_t port) { return own / rates.at(port); };
        say("dnsd: answered locally, 1,000,000 names blocked", own, "queries/s of processor time", "dnsmasq 2.90, the same names",
            rates.at(5401), ratio(5401), "ratio >= 1.5", ratio(5401) >= 1.5);
        say("dnsd: answered locally, 1,000,000 names blocked", own, "queries/s of processor time",
            "unbound 1.17.1, 200,000 of the names", rates.at(5402), ratio(5402), "ratio >= 1", ratio(5402) >= 1);
    }

    void forwarded() {
        Server unbound{unbound_command(5335, ""), 5335};
        Server dnsd{{dnsd_program(), "--config", "/dev/null"}, 53, dnsd_environment(5335)};
        warm();
        // Each on a core of its own, and both on one.
        const auto own = compare({{53, {&dnsd}}, {5335, {&unbound}}}, folder_ / "loaded", "NOERROR");
        const auto both = compare({{53, {&dnsd, &unbound}}, {5335, {&unbound}}}, folder_ / "loaded", "NOERROR");
        for (const auto& [what, rates] : {std::pair{"dnsd: forwarded, cache-warm unbound behind it on another core", &own},
                                          {"dnsd: forwarded, cache-warm unbound behind it on the same core", &both}}) {
            const auto ratio = rates->at(53) / rates->at(5335);
            say(what, rates->at(53), "queries/s of processor time", "unbound 1.17.1 alone", rates->at(5335), ratio,
                "ratio >= 0.6", ratio >= 0.6);
        }
    }

    void added() {
        Server unbound{unbound_command(5335, ""), 5335};
        Server dnsd{{dnsd_program(), "--config", "/dev/null"}, 53, dnsd_environment(5335)};
        warm();
        Asker through{53}, direct{5335};
        std::vector<double> differences, alone;
        for (int round = 0; round < rounds; ++round) {
            const auto behind = median_microseconds(through, 2'000);
            alone.push_back(median_microseconds(direct, 2'000));
            differences.push_back(behind - alone.back());
        }
        const auto difference = median(differences);
        say("dnsd: added to a forwarded answer, p50", difference, "us", "unbound 1.17.1 alone", median(alone), std::nullopt,
            "<= 60 us", difference <= 60);
    }

    void rule_changes() {
        Server unbound{unbound_command(5335, ""), 5335};
        Server dnsd{{dnsd_program(), "--config", "/dev/null"}, 53, dnsd_environment(5335)};
        std::optional<Measured> load;
        warm();
        std::thread background{[&] { load = dnsperf(53, folder_ / "loaded", "6", "-Q 5000"); }};
        Asker asker{53};
        std::vector<double> times, own;
        std::int64_t revision = 1;
        const auto until = Clock::now() + 5s;
        while (Clock::now() < until) {
            auto policy = blocking();
            const bool is_denied = ++revision % 2 == 0;
            if (is_denied) policy.domains.push_back({.domain = "n0.load.example"});
            const auto began = Clock::now();
            files_.decide(policy, revision);
            const auto written = Clock::now();
            while ((asker.ask("n0.load.example") == 3) != is_denied) {
            }
            times.push_back(std::chrono::duration<double, std::milli>{Clock::now() - began}.count());
            own.push_back(std::chrono::duration<double, std::milli>{Clock::now() - written}.count());
        }
        background.join();
        const auto count = std::to_string(times.size());
        for (const auto& [what, values] :
             {std::pair{"from writing a rule to the first answer by it, two fsync of the disk included, p99 of ", &times},
              {"from the rule's being on disk to the first answer by it, p99 of ", &own}}) {
            std::ranges::sort(*values);
            const auto p99 = (*values)[std::min(values->size() - 1, values->size() * 99 / 100)];
            std::fprintf(stderr, "%s%s: p50 %.2f ms, most %.2f ms\n", what, count.c_str(), (*values)[values->size() / 2],
                         values->back());
            say(std::string{"dnsd: "} + what + count, p99, "ms", "", std::nullopt, std::nullopt, "<= 50 ms", p99 <= 50);
        }
        say("dnsd: queries unanswered during these changes", load->lost, "queries", "", std::nullopt, std::nullopt, "0",
            load->lost == 0);
    }

    test::TempFolder folder_{};
    test::PolicyOnDisk files_{};
    std::optional<test::Authority> authority_{};
};

}  // namespace
}  // namespace vivi

int main(int argc, char** argv) {
    try {
        vivi::Bench{}.run(argc > 1 ? argv[1] : "");
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "dnsd_bench: %s\n", failure.what());
        return 1;
    }
}
