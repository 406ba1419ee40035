// Configuration and command lines of Redis, RabbitMQ, PostgreSQL and unbound.
// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/services.hpp"

#include <pwd.h>
#include <unistd.h>

#include <filesystem>

namespace vivi::lab {
namespace {

constexpr const char* postgres_programs = "/usr/lib/postgresql/15/bin/";

}  // namespace

Result<Spec> redis(const Settings& settings, const std::string& name, const std::string& network_namespace, std::uint16_t port,
                   const std::string& fsync) {
    const auto folder = settings.path(name);
    const auto text = "bind 127.0.0.1\nport " + std::to_string(port) + "\nsave \"\"\nappendonly yes\nappendfsync " + fsync +
                      "\nno-appendfsync-on-rewrite no\ndir " + folder + "\ndaemonize no\naof-load-truncated yes\n";
    if (auto written = write_file(folder + "/redis.conf", text); !written) return std::unexpected{written.error()};
    return Spec{.name = name, .argv = {"redis-server", folder + "/redis.conf"}, .network_namespace = network_namespace};
}

Result<Spec> rabbitmq(const Settings& settings, const std::string& name, const std::string& network_namespace) {
    const auto folder = settings.path(name);
    if (auto written = write_file(folder + "/plugins", "[].\n"); !written) return std::unexpected{written.error()};
    if (auto written = write_file(folder + "/rabbitmq.conf",
                                  "listeners.tcp.1 = 127.0.0.1:5672\nlog.file = false\nlog.console = true\nlog.console.level = warning\n"
                                  "disk_free_limit.absolute = 50MB\nvm_memory_high_watermark.absolute = 512MB\n");
        !written)
        return std::unexpected{written.error()};
    return Spec{.name = name,
                .argv = {"/usr/lib/rabbitmq/bin/rabbitmq-server"},
                .network_namespace = network_namespace,
                .environment = {{"RABBITMQ_NODENAME", "rabbit@localhost"},
                                {"RABBITMQ_DIST_PORT", "25672"},
                                {"RABBITMQ_CONFIG_FILE", folder + "/rabbitmq"},
                                {"RABBITMQ_CONF_ENV_FILE", "/dev/null"},
                                {"RABBITMQ_ENABLED_PLUGINS_FILE", folder + "/plugins"},
                                {"RABBITMQ_MNESIA_BASE", folder + "/mnesia"},
                                {"RABBITMQ_LOG_BASE", folder + "/log"},
                                {"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                                 "+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}"},
                                {"ERL_EPMD_ADDRESS", "127.0.0.1"},
                                {"HOME", folder}}};
}

Result<Spec> postgres(const Settings& settings) {
    const auto folder = settings.path("postgres");
    const auto* user = ::getpwnam("postgres");
    if (user == nullptr) return failed(Code::NotFound, "no user postgres; run deploy/install-deps");
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (::chown(folder.c_str(), user->pw_uid, user->pw_gid) != 0) return failed(Code::Denied, folder + ": cannot be given to postgres");
    const Spec initdb{.name = "initdb",
                      .argv = {std::string{postgres_programs} + "initdb", "--no-sync", "--auth=trust", "--username=postgres",
                               "--encoding=UTF8", "--locale=C.UTF-8", "--pgdata=" + folder + "/data"},
                      .user = "postgres"};
    if (auto made = run_once(initdb, Seconds{60}); !made) return std::unexpected{std::move(made).error()};
    return Spec{.name = "postgres",
                .argv = {std::string{postgres_programs} + "postgres", "-D", folder + "/data", "-c", "listen_addresses=127.0.0.1", "-c",
                         "unix_socket_directories=" + folder, "-c", "shared_buffers=64MB", "-c", "max_connections=60"},
                .network_namespace = server_namespace,
                .user = "postgres"};
}

Status prepare_postgres(const Settings& settings) {
    for (const auto* sql : {"create role vivi_owner login createrole", "create database vivi owner vivi_owner"}) {
        const Spec psql{.name = "psql",
                        .argv = {"psql", "-qX", "-h", settings.path("postgres"), "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-c", sql}};
        if (auto ran = run_once(psql); !ran) return std::unexpected{std::move(ran).error()};
    }
    return {};
}

Result<Spec> unbound(const Settings& settings) {
    const auto folder = settings.path("unbound");
    const auto text =
        "server:\n  interface: 0.0.0.0\n  interface-automatic: yes\n  port: 5335\n  access-control: 10.66.0.0/22 allow\n  access-control: 127.0.0.0/8 allow\n"
        "  do-ip6: no\n  do-daemonize: no\n  chroot: \"\"\n  username: \"\"\n  pidfile: \"\"\n  use-syslog: no\n  logfile: \"\"\n"
        "  directory: \"" + folder + "\"\n  module-config: \"iterator\"\n  num-threads: 1\n  cache-max-ttl: 60\n"
        "stub-zone:\n  name: \".\"\n  stub-addr: 198.51.100.1\n  stub-prime: no\n"
        "remote-control:\n  control-enable: no\n";
    if (auto written = write_file(folder + "/unbound.conf", text); !written) return std::unexpected{written.error()};
    return Spec{.name = "unbound", .argv = {"unbound", "-d", "-c", folder + "/unbound.conf"}, .network_namespace = router_namespace};
}

}  // namespace vivi::lab
