// Starting Redis, RabbitMQ and PostgreSQL privately.
// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/services.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string_view>

namespace vivi::test {
namespace {

std::string text_of(const std::string& path) {
    std::ifstream file{path};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

void write_file(const std::string& path, const std::string& text) { std::ofstream{path} << text; }

/// Sends `question` to 127.0.0.1:port and says whether the answer, if one comes within 500 ms, begins with one of `letters`.
bool answers(std::uint16_t port, std::string_view question, std::string_view letters) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    char first = 0;
    bool got = false;
    if (::connect(fd, static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof address) == 0 &&
        ::send(fd, question.data(), question.size(), MSG_NOSIGNAL) > 0) {
        pollfd waiting{fd, POLLIN, 0};
        got = ::poll(&waiting, 1, 500) == 1 && ::recv(fd, &first, 1, 0) == 1;
    }
    ::close(fd);
    return got && letters.contains(first);
}

/// Waits until the service is there; says what it wrote when it ends instead.
void await_service(Child& server, const std::string& log, const std::string& what, const std::function<bool()>& is_ready) {
    const Milliseconds most{90'000};  // RabbitMQ after a SIGKILL, on a machine that is busy.
    const auto is_there = [&] {
        if (server.has_ended()) throw std::runtime_error{what + " did not start: " + text_of(log)};
        return is_ready();
    };
    await(what + " to be ready (its log: " + log + ")", is_there, most);
}

void end(std::optional<Child>& server, int number) {
    if (!server) return;
    server->signal(number);
    server->wait();
    server.reset();
}

}  // namespace

PrivateRedis::PrivateRedis(std::vector<std::string> arguments) : arguments_{std::move(arguments)} { start(); }

std::string PrivateRedis::url() const { return "redis://127.0.0.1:" + std::to_string(port_) + "/0"; }

void PrivateRedis::start() {
    Launch launch{
        .command = {"/usr/bin/redis-server", "--port", std::to_string(port_), "--bind", "127.0.0.1", "--unixsocket",
                    unix_socket(), "--dir", folder_.path(), "--appendonly", "yes", "--appendfsync", "always", "--save", ""},
        .environment = {},
        .output = folder_ / "redis.log",
        .user = {}};
    launch.command.insert(launch.command.end(), arguments_.begin(), arguments_.end());
    server_.emplace(launch);
    // +PONG, or -NOAUTH which also means that it serves; -LOADING begins like the latter.
    await_service(*server_, launch.output, "redis-server", [&] {
        return text_of(launch.output).contains("Ready to accept connections") && answers(port_, "PING\r\n", "+-");
    });
}
void PrivateRedis::stop() { end(server_, SIGTERM); }
void PrivateRedis::kill() {
    end(server_, SIGKILL);
    write_file(folder_ / "redis.log", "");
}
void PrivateRedis::pause() { server_->signal(SIGSTOP); }
void PrivateRedis::resume() { server_->signal(SIGCONT); }

PrivateRabbitmq::PrivateRabbitmq() {
    write_file(folder_ / "rabbitmq.conf",
               "listeners.tcp.1 = 127.0.0.1:" + std::to_string(port_) +
                   "\nvm_memory_high_watermark.absolute = 512MiB\ndisk_free_limit.absolute = 10MB\nlog.file.level = warning\n");
    write_file(folder_ / "enabled_plugins", "[].\n");
    write_file(folder_ / "rabbitmq-env.conf", "");
    epmd_.emplace(Launch{.command = {"/usr/bin/epmd", "-port", std::to_string(epmd_port_), "-address", "127.0.0.1"},
                         .environment = {},
                         .output = folder_ / "epmd.log",
                         .user = {}});
    await_service(*epmd_, folder_ / "epmd.log", "epmd", [this] { return accepts(epmd_port_); });
    start();
}

std::string PrivateRabbitmq::url() const { return "amqp://guest:guest@127.0.0.1:" + std::to_string(port_) + "/"; }

std::map<std::string, std::string> PrivateRabbitmq::environment() const {
    return {{"HOME", folder_.path()},
            {"RABBITMQ_NODENAME", "vivi" + std::to_string(port_) + "@localhost"},
            {"RABBITMQ_CONF_ENV_FILE", folder_ / "rabbitmq-env.conf"},
            {"RABBITMQ_CONFIG_FILE", folder_ / "rabbitmq"},
            {"RABBITMQ_ENABLED_PLUGINS_FILE", folder_ / "enabled_plugins"},
            {"RABBITMQ_MNESIA_BASE", folder_ / "mnesia"},
            {"RABBITMQ_LOG_BASE", folder_ / "log"},
            {"RABBITMQ_LOGS", "-"},
            {"RABBITMQ_DIST_PORT", std::to_string(distribution_port_)},
            {"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "+S 1:1 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}"},
            {"ERL_EPMD_ADDRESS", "127.0.0.1"},
            {"ERL_EPMD_PORT", std::to_string(epmd_port_)},
            {"RUNNING_UNDER_SYSTEMD", "true"}};  // The script then becomes the node instead of watching over it.
}

void PrivateRabbitmq::start() {
    const Launch launch{.command = {"/usr/lib/rabbitmq/bin/rabbitmq-server"},
                        .environment = environment(),
                        .output = folder_ / "rabbitmq.log",
                        .user = {}};
    server_.emplace(launch);
    const std::string_view header{"AMQP\0\0\x09\x01", 8};
    // A Connection.Start frame (type 1) comes as soon as logins are possible.
    await_service(*server_, launch.output, "rabbitmq-server", [&] { return answers(port_, header, "\x01"); });
}
void PrivateRabbitmq::stop() { end(server_, SIGTERM); }
void PrivateRabbitmq::kill() { end(server_, SIGKILL); }
void PrivateRabbitmq::pause() { server_->signal(SIGSTOP); }
void PrivateRabbitmq::resume() { server_->signal(SIGCONT); }

std::string PrivateRabbitmq::control(const std::vector<std::string>& arguments) {
    const auto output = folder_ / "control.out";
    std::filesystem::remove(output);
    Launch launch{
        .command = {"/usr/lib/rabbitmq/bin/rabbitmqctl", "--quiet"}, .environment = environment(), .output = output, .user = {}};
    launch.environment.erase("RABBITMQ_DIST_PORT");
    launch.environment.erase("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS");
    launch.command.insert(launch.command.end(), arguments.begin(), arguments.end());
    run_to_end(launch);
    return text_of(output);
}

PrivatePostgres::PrivatePostgres(std::string shared_buffers) : shared_buffers_{std::move(shared_buffers)} {
    const auto data = folder_ / "data";
    std::filesystem::create_directory(data);
    if (const auto* const owner = user().empty() ? nullptr : ::getpwnam(user().c_str());
        owner != nullptr && ::chown(data.c_str(), owner->pw_uid, owner->pw_gid) != 0)
        throw std::runtime_error{"chown " + data};
    run_to_end({.command = {"/usr/lib/postgresql/15/bin/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                            "--locale=C.UTF-8", "--no-sync", "--no-instructions"},
                .environment = {},
                .output = folder_ / "initdb.log",
                .user = user()});
    start();
    sql("create role vivi_owner login createrole");
    sql("create database vivi owner vivi_owner");
    database_ = "vivi";
}
PrivatePostgres::~PrivatePostgres() { end(server_, SIGQUIT); }

std::string PrivatePostgres::user() const { return ::geteuid() == 0 ? "postgres" : ""; }

std::string PrivatePostgres::url(const std::string& role) const {
    return "postgresql://" + role + "@127.0.0.1:" + std::to_string(port_) + "/" + database_;
}

std::string PrivatePostgres::sql(const std::string& statement) {
    const auto output = folder_ / "sql.out";
    std::filesystem::remove(output);
    run_to_end(
        {.command = {"/usr/lib/postgresql/15/bin/psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", url("postgres"), "-c", statement},
         .environment = {},
         .output = output,
         .user = {}});
    return text_of(output);
}

bool PrivatePostgres::is_ready() const {
    Child probe{{.command = {"/usr/lib/postgresql/15/bin/pg_isready", "-q", "-h", "127.0.0.1", "-p", std::to_string(port_)},
                 .environment = {},
                 .output = {},
                 .user = {}}};
    return probe.wait() == 0;
}

void PrivatePostgres::start() {
    const auto data = folder_ / "data";
    const Launch launch{.command = {"/usr/lib/postgresql/15/bin/postgres", "-D", data, "-p", std::to_string(port_), "-c",
                                    "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=" + data, "-c", "fsync=off",
                                    "-c", "shared_buffers=" + shared_buffers_, "-c", "max_connections=60"},
                        .environment = {},
                        .output = folder_ / "postgres.log",
                        .user = user()};
    write_file(launch.output, "");
    std::filesystem::permissions(launch.output, std::filesystem::perms{0644});
    server_.emplace(launch);
    await_service(*server_, launch.output, "postgres", [this] { return is_ready(); });
}
void PrivatePostgres::stop() { end(server_, SIGINT); }
void PrivatePostgres::kill() {
    // Its children see that it is gone and follow; until then they hold the shared memory, and no other may start on this folder.
    const auto process = "/proc/" + std::to_string(server_->pid());
    std::istringstream children{text_of(process + "/task/" + std::to_string(server_->pid()) + "/children")};
    const std::vector<std::string> left{std::istream_iterator<std::string>{children}, {}};
    end(server_, SIGKILL);
    await("the children of a killed postgres to end", [&] {
        return std::ranges::all_of(left, [](const auto& pid) { return text_of("/proc/" + pid + "/cmdline").empty(); });
    });
}

}  // namespace vivi::test
