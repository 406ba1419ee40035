// A router of its own for the tests of dnsd: a network namespace with a guest beside it, an authoritative server, two resolvers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/model/event.hpp"
#include "common/policy/rules.hpp"
#include "router/state/policy_files.hpp"
#include "tests/adapters/child.hpp"

namespace vivi::test {

inline std::string text_of(const std::string& path) {
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

inline std::vector<std::string> words(const std::string& line) {
    std::istringstream in{line};
    std::vector<std::string> found{"/usr/bin/env"};
    for (std::string word; in >> word;) found.push_back(word);
    return found;
}

/// What a command prints; its exit code does not matter (dig says 9 when nobody answers).
inline std::string output_of(std::vector<std::string> command) {
    const TempFolder folder;
    Child child{{.command = std::move(command), .environment = {}, .output = folder / "out", .user = {}}};
    child.wait();
    return text_of(folder / "out");
}
inline void shell(const std::string& line) {
    const TempFolder folder;
    run_to_end({.command = {"/bin/sh", "-ec", line}, .environment = {}, .output = folder / "out", .user = {}});
}

/// Runs `call` with this thread inside the network namespace of that name; sockets made there stay there.
template <class Call>
auto inside(const std::string& name, Call call) {
    const int home = ::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    const int there = ::open(("/run/netns/" + name).c_str(), O_RDONLY | O_CLOEXEC);
    if (::setns(there, CLONE_NEWNET) != 0) throw std::runtime_error{"cannot enter " + name};
    struct Return {
        int home, there;
        ~Return() {
            ::setns(home, CLONE_NEWNET);
            ::close(home);
            ::close(there);
        }
    } const back{home, there};
    return call();
}

/// The test process moves into a network namespace (the router: lan0 10.66.0.1 and fd66::1), children started later are in it
/// too. The guest, 02:00:00:00:00:01, has 10.66.0.50 and fd66::50 and a default route through the router. Nothing leaves either.
class DnsVenue {
public:
    static constexpr const char* guest_mac = "02:00:00:00:00:01";

    DnsVenue() {
        if (::geteuid() != 0 || ::unshare(CLONE_NEWNET) != 0) throw std::runtime_error{"network namespaces need root"};
        shell("ip link set lo up; ip netns add " + guest_ +
              "; ip link add lan0 address 02:00:00:00:00:ff type veth peer name eth0 address " + guest_mac + " netns " + guest_ +
              "; ip address add 10.66.0.1/24 dev lan0; ip address add fd66::1/64 dev lan0 nodad; ip link set lan0 up"
              "; ip -n " +
              guest_ + " link set lo up; ip -n " + guest_ + " address add 10.66.0.50/24 dev eth0; ip -n " + guest_ +
              " address add fd66::50/64 dev eth0 nodad; ip -n " + guest_ + " link set eth0 up; ip -n " + guest_ +
              " route add default via 10.66.0.1");
        // Where the names of the zone lead: addresses of the router, so that something can be listened on there.
        shell("for i in $(seq 1 60); do ip address add 198.18.1.$i/32 dev lo; done");
    }
    ~DnsVenue() {
        try {
            shell("ip netns del " + guest_);
        } catch (const std::exception&) {  // It was not made: the constructor said so.
        }
    }
    DnsVenue(const DnsVenue&) = delete;
    DnsVenue& operator=(const DnsVenue&) = delete;

    std::vector<std::string> guest_command(const std::string& line) const {
        return words("ip netns exec " + guest_ + " " + line);
    }
    std::string on_guest(const std::string& line) const { return output_of(guest_command(line)); }
    /// `dig @10.66.0.1 …` on the guest, every section with comments.
    std::string dig(const std::string& arguments) const { return on_guest("dig +timeout=6 +tries=1 @10.66.0.1 " + arguments); }
    /// The addresses alone, one a line.
    std::string lookup(const std::string& arguments) const { return dig("+short " + arguments); }
    const std::string& guest() const noexcept { return guest_; }

private:
    std::string guest_ = "dnsd-test-" + std::to_string(::getpid());
};

/// nsd with everything below the root, on 127.0.0.1:5300.
class Authority {
public:
    /// `names`: how many n0.load.example … there are.
    explicit Authority(int names = 500) : names_{names} {
        std::string zone =
            ". 60 SOA ns.example. admin.example. 1 3600 600 86400 60\n. 60 NS ns.example.\nns.example. 60 A 127.0.0.1\n"
            "www.good.example. 60 A 198.18.1.10\nwww.good.example. 60 AAAA 2001:db8::10\n"
            "cloaked.good.example. 60 CNAME tracker.bad.example.\ntracker.bad.example. 60 A 198.18.1.11\n"
            "www.bad.example. 60 A 198.18.1.12\ninside.rebind.example. 60 A 192.168.1.10\n"
            "mixed.rebind.example. 60 A 192.168.1.10\nmixed.rebind.example. 60 A 198.18.1.13\n";
        for (int i = 0; i < 12; ++i)
            zone += "big.good.example. 60 TXT \"" + std::string(200, static_cast<char>('a' + i)) + "\"\n";
        for (int i = 1; i <= 50; ++i)
            zone += "s" + std::to_string(i) + ".site.example. 60 A 198.18.1." + std::to_string(i) + "\n";
        for (int i = 0; i < names_; ++i) zone += "n" + std::to_string(i) + ".load.example. 3600 A 198.18.1.20\n";
        std::ofstream{folder_ / "root.zone"} << zone;
        std::ofstream{folder_ / "nsd.conf"}
            << "server:\n  ip-address: 127.0.0.1@5300\n  do-ip6: no\n  username: \"\"\n  zonesdir: \"" << folder_.path()
            << "\"\n  database: \"\"\n  pidfile: \"\"\n  xfrdfile: \"" << folder_ / "xfrd" << "\"\n  zonelistfile: \""
            << folder_ / "zones" << "\"\nremote-control:\n  control-enable: no\nzone:\n  name: \".\"\n  zonefile: root.zone\n";
        server_.emplace(Launch{.command = {"/usr/sbin/nsd", "-d", "-c", folder_ / "nsd.conf"},
                               .environment = {},
                               .output = folder_ / "log",
                               .user = {}});
        await("nsd", [] {
            return output_of(words("dig +short +timeout=1 +tries=1 -p 5300 @127.0.0.1 www.good.example")) == "198.18.1.10\n";
        });
    }
    int names() const noexcept { return names_; }

private:
    int names_;
    TempFolder folder_{};
    std::optional<Child> server_{};
};

/// unbound on 127.0.0.1:port, asking the authority.
class Resolver {
public:
    explicit Resolver(std::uint16_t port) : port_{port} {
        std::ofstream{folder_ / "unbound.conf"}
            << "server:\n  interface: 127.0.0.1\n  port: " << port
            << "\n  do-daemonize: no\n  chroot: \"\"\n  username: \"\"\n  pidfile: \"\"\n  use-syslog: no\n  logfile: \"\"\n  "
               "directory: \""
            << folder_.path() << "\"\n  module-config: iterator\n  num-threads: 1\n  do-ip6: no\n  do-not-query-localhost: no\n"
            << "  edns-buffer-size: 1232\n  max-udp-size: 1232\n"
            << "stub-zone:\n  name: \".\"\n  stub-addr: 127.0.0.1@5300\n  stub-prime: no\nremote-control:\n  control-enable: "
               "no\n";
        start();
    }
    void start() {
        server_.emplace(Launch{.command = {"/usr/sbin/unbound", "-d", "-c", folder_ / "unbound.conf"},
                               .environment = {},
                               .output = folder_ / "log",
                               .user = {}});
        await("unbound", [this] {
            return output_of(words("dig +short +timeout=1 +tries=1 -p " + std::to_string(port_) +
                                   " @127.0.0.1 www.good.example")) == "198.18.1.10\n";
        });
    }
    void kill() {
        server_->signal(SIGKILL);
        server_->wait();
        server_.reset();
    }

private:
    TempFolder folder_{};
    std::uint16_t port_;
    std::optional<Child> server_{};
};

/// Where bridged would write, and what a test writes instead.
class PolicyOnDisk {
public:
    PolicyOnDisk() { shell("mkdir " + folder_.path() + "/policy"); }
    std::string path() const { return folder_ / "policy"; }
    void decide(const model::Policy& policy, std::int64_t revision) const {
        const state::PolicyFolder files{.path = path()};
        const auto written = state::replace_file(files.rules(), policy::compile(policy, revision));
        if (!written) throw std::runtime_error{written.error().detail};
    }

private:
    TempFolder folder_{};
};

/// vivi-dnsd, as on a router.
class Dnsd {
public:
    explicit Dnsd(std::map<std::string, std::string> environment) {
        environment.insert({{"VIVI_HEALTH_SOCKET", folder_ / "health"},
                            {"VIVI_LOG_LEVEL", "debug"},
                            {"VIVI_LAST_GOOD_FILE", ""},
                            {"VIVI_STATE_URL", "redis://127.0.0.1:1/0"},
                            {"VIVI_BUS_URL", "amqp://guest:guest@127.0.0.1:1/"}});
        server_.emplace(Launch{.command = {VIVI_DNSD, "--config", "/dev/null"},
                               .environment = std::move(environment),
                               .output = log_file(),
                               .user = {}});
        await("dnsd", [this] {
            if (server_->has_ended()) throw std::runtime_error{"dnsd ended: " + log()};
            return !health().is_null();
        });
    }
    Child& process() { return *server_; }
    std::string log() const { return text_of(log_file()); }
    void await_log(const std::string& what) const {
        await(what + " in the log of dnsd", [&] { return log().contains(what); });
    }
    /// Null when it is not served (yet).
    model::Json health() const {
        const auto text = output_of(words("socat -u UNIX:" + (folder_ / "health") + " STDOUT"));
        return model::parse_json(text).value_or(model::Json{});
    }
    std::uint64_t counter(const std::string& name) const { return health()["counters"][name].get<std::uint64_t>(); }

private:
    std::string log_file() const { return folder_ / "log"; }
    TempFolder folder_{};
    std::optional<Child> server_{};
};

/// dnsperf on the guest, asking n0.load.example … and whatever is added, for `seconds`.
class Load {
public:
    Load(const DnsVenue& venue, const Authority& authority, int seconds, const std::vector<std::string>& more = {}) {
        std::ofstream file{folder_ / "names"};
        for (int i = 0; i < authority.names(); ++i) file << "n" << i << ".load.example A\n";
        for (const auto& name : more) file << name << " A\n";
        file.close();
        server_.emplace(Launch{.command = venue.guest_command("dnsperf -s 10.66.0.1 -q 50 -c 4 -t 5 -l " +
                                                              std::to_string(seconds) + " -d " + (folder_ / "names")),
                               .environment = {},
                               .output = folder_ / "out",
                               .user = {}});
    }
    /// Waits for its end.
    std::string report() {
        server_->wait();
        return text_of(folder_ / "out");
    }
    bool has_ended() { return server_->has_ended(); }

private:
    TempFolder folder_{};
    std::optional<Child> server_{};
};

}  // namespace vivi::test
