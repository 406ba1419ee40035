// A router's root file system with our units in it, booted by systemd-nspawn on a copy-on-write layer that lives as long as the
// test. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/mount.h>

#include <csignal>
#include <filesystem>
#include <stdexcept>

#include "tests/adapters/openvivi-embedded/client.hpp"

namespace vivi::test {

class Machine : public EmbeddedClient {
public:
    static inline const std::vector<std::string> all_daemons{"bridged", "dhcpd", "dnsd", "pcapd", "openvivi-embedded"};
    /// What stands in its /etc/vivi.
    struct Files {
        std::string hub_host_keys = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHUFIBbLnrrK2WXnmeCnvUlzM7+iTeNjcVQkGdKVIsFT\n";
        std::string openvivi_embedded = "hub.addresses = [\"127.0.0.1:1\"]\n";  ///< Beside commands.keys.
        std::string install{};                                                  ///< Empty: no vivi-install.
        std::string command_key{};                                              ///< Empty: this client's own.
        bool shares_network = false;                                            ///< With this process; else it has none.
        std::string bus{};  ///< Of a router that has all its daemons, and Redis; empty: only openvivi-embedded and dhcpd run.
    };
    Machine() : Machine{Files{}} {}
    explicit Machine(Files files) : files_{std::move(files)} {
        run_to_end({.command = {"/bin/sh", "-c", VIVI_ROOT "/tests/boot/tree > '" + (folder_ / "tree") + "'"},
                    .output = folder_ / "tree.log"});
        auto tree = text_of_file(folder_ / "tree");
        while (tree.ends_with('\n')) tree.pop_back();
        // A tmpfs, since the layer above must not be on an overlay itself, as the root of a container is.
        for (const auto* name : {"memory", "root", "run"}) std::filesystem::create_directory(folder_ / name);
        mount("vivi-boot", folder_ / "memory", "tmpfs", "size=512m");
        for (const auto* name : {"upper", "work"}) std::filesystem::create_directory(folder_ / "memory/" + name);
        mount("vivi-boot", root(), "overlay",
              "lowerdir=" + tree + ",upperdir=" + (folder_ / "memory/upper") + ",workdir=" + (folder_ / "memory/work"));
        socket = folder_ / "run/api.sock";
        install();
    }
    ~Machine() {
        if (const auto machine = nspawn_ ? init() : 0; machine > 0) {
            ::kill(machine, SIGKILL);  // Its process 1, and so all of it; a killed nspawn would leave it running.
            nspawn_->wait();
        }
        nspawn_.reset();
        ::umount2(root().c_str(), MNT_DETACH);
        ::umount2((folder_ / "memory").c_str(), MNT_DETACH);
    }

    /// Until its API answers.
    void boot() {
        power_on();
        await_api();
        fingerprint = text_of_file(root() + "/var/lib/vivi/identity.fingerprint");
        while (fingerprint.ends_with('\n')) fingerprint.pop_back();
    }
    /// A machine that restarts itself ends its nspawn with 133 (systemd-nspawn(1), --keep-unit): it is put on again. True when it
    /// was.
    bool was_rebooted() {
        if (!nspawn_->has_ended() || nspawn_->wait() != 133) return false;
        power_on();
        return true;
    }
    void await_api() {
        await(
            "the API of the booted router", [this] { return has_ended() || ask("GET", "/v1/health").status == 200; },
            Milliseconds{120'000});
        if (has_ended()) throw std::runtime_error{"systemd-nspawn ended: " + console()};
    }
    bool has_ended() { return nspawn_->has_ended(); }
    /// As when the plug is pulled; boot() again puts it on.
    void cut_power() {
        ::kill(init(), SIGKILL);
        await("the end of the machine", [this] { return has_ended(); });
    }
    void write(const std::string& path, const std::string& text) const {
        std::filesystem::create_directories(std::filesystem::path{root() + path}.parent_path());
        std::ofstream{root() + path} << text;
    }
    std::string console() const { return text_of_file(folder_ / "console"); }
    std::string root() const { return folder_ / "root"; }

    /// Runs a command of the machine as one of its users; its output, then its exit code.
    std::string run_as(const std::string& user, const std::string& command) const {
        const auto output = folder_ / "output";
        std::ofstream{output} << "";
        const auto inner = "exec nsenter --target " + std::to_string(init()) + " --all setpriv --reuid " + user +
                           " --regid vivi --init-groups sh -c \"" + command + "\"";
        Child child{Launch{.command = {"/bin/sh", "-c", inner}, .output = output}};
        const int code = child.wait();
        return text_of_file(output) + "exit " + std::to_string(code);
    }

private:
    void power_on() {
        std::filesystem::remove(socket);
        std::vector<std::string> command{"/usr/bin/env",
                                         "systemd-nspawn",
                                         "--boot",
                                         "--register=no",
                                         "--keep-unit",
                                         "--quiet",
                                         "--console=read-only",
                                         "--machine=vivi-boot-test",
                                         "--directory=" + root(),
                                         "--capability=CAP_NET_ADMIN",
                                         "--bind=" + (folder_ / "run") + ":/run/vivi"};
        // Either way it may set up what network it has, as a router does (systemd-nspawn(1), --capability).
        command.push_back(files_.shares_network ? "--network-namespace-path=/proc/" + std::to_string(::getpid()) + "/ns/net"
                                                : "--private-network");
        nspawn_.emplace(Launch{.command = std::move(command), .output = folder_ / "console"});
    }
    static void mount(const char* source, const std::string& target, const char* type, const std::string& options) {
        if (::mount(source, target.c_str(), type, 0, options.c_str()) != 0)
            throw std::runtime_error{std::string{"mount of a "} + type + ": " + std::strerror(errno) +
                                     ": needs root and CAP_SYS_ADMIN"};
    }
    /// The machine's process 1, as this machine numbers it: the one child of nspawn.
    int init() const {
        int pid = 0;
        const auto task = "/proc/" + std::to_string(nspawn_->pid()) + "/task/" + std::to_string(nspawn_->pid()) + "/children";
        std::istringstream{text_of_file(task)} >> pid;
        return pid;
    }
    void copy(const std::string& from, const std::string& to) const {
        std::filesystem::create_directories(std::filesystem::path{root() + to}.parent_path());
        std::filesystem::copy_file(from, root() + to, std::filesystem::copy_options::overwrite_existing);
    }
    void install() const {
        const std::string deploy = VIVI_ROOT "/deploy/router/";
        copy(deploy + "sysusers.conf", "/usr/lib/sysusers.d/vivi.conf");
        copy(deploy + "tmpfiles.conf", "/usr/lib/tmpfiles.d/vivi.conf");
        copy(deploy + "sysctl.conf", "/usr/lib/sysctl.d/50-vivi.conf");
        copy(deploy + "polkit/50-vivi.rules", "/etc/polkit-1/rules.d/50-vivi.rules");
        std::filesystem::create_directories(root() + "/etc/systemd/system/multi-user.target.wants");
        const bool is_whole = !files_.bus.empty();
        // Debian's own instance would have the port of ours.
        std::filesystem::create_symlink("/dev/null", root() + "/etc/systemd/system/redis-server.service");
        for (const std::string store : {"vivi-redis-state.service", "vivi-redis-stream.service"}) {
            if (is_whole) enable(deploy, store);
        }
        for (const auto& daemon : is_whole ? all_daemons : std::vector<std::string>{"openvivi-embedded", "dhcpd"}) {
            enable(deploy, "vivi-" + daemon + ".service");
            copy(VIVI_BIN "/vivi-" + daemon, "/opt/vivi/0.0.1/bin/vivi-" + daemon);
            write("/etc/vivi/" + daemon + ".toml", is_whole ? "bus.url = \"" + files_.bus + "\"\n" : "# Nobody to speak to.\n");
        }
        std::filesystem::create_symlink("0.0.1", root() + "/opt/vivi/current");
        write("/etc/vivi/hub_host_keys", files_.hub_host_keys);
        write("/etc/vivi/openvivi-embedded.toml",
              files_.openvivi_embedded + "commands.keys = [\"" +
                  (files_.command_key.empty() ? crypto::to_text(key.public_key()) : files_.command_key) + "\"]\n");
        if (!files_.install.empty()) install_updates(deploy);
    }

    void install_updates(const std::string& deploy) const {
        write("/etc/vivi/install.toml", files_.install);
        copy(VIVI_BIN "/vivi-install", "/usr/lib/vivi/vivi-install");
        for (const std::string unit : {"vivi-install.service", "vivi-install.path"}) enable(deploy, unit);
    }
    void enable(const std::string& deploy, const std::string& unit) const {
        copy(deploy + "systemd/" + unit, "/etc/systemd/system/" + unit);
        std::filesystem::create_symlink("../" + unit, root() + "/etc/systemd/system/multi-user.target.wants/" + unit);
    }

    Files files_;
    TempFolder folder_{};
    std::optional<Child> nspawn_{};
};

}  // namespace vivi::test
