// Runs the simulated event.
// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/event.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "tests/lab/control.hpp"
#include "tests/lab/daemons.hpp"
#include "tests/lab/forward.hpp"
#include "tests/lab/guests.hpp"
#include "tests/lab/internet.hpp"
#include "tests/lab/services.hpp"
#include "tests/lab/supervisor.hpp"

namespace vivi::lab {
namespace {

/// A step of the start that did not succeed; its sentence is for the person at the terminal.
struct StartFailed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

template <class T>
T need(Result<T> result) {
    if (!result) throw StartFailed{result.error().detail};
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}

void add_all(Supervisor& supervisor, std::vector<Spec> specs) {
    for (auto& spec : specs) need(supervisor.add(std::move(spec)));
}

Task<> wait_for_port(const Settings& settings, const std::string& what, const std::string& network_namespace, std::uint16_t port,
                     Seconds deadline = Seconds{60}) {
    const auto end = now() + deadline;
    while (!listens(network_namespace, port)) {
        if (now() > end) throw StartFailed{what + " does not listen on port " + std::to_string(port) + "; its log is " + settings.path("log/" + what + ".log")};
        co_await after(Milliseconds{50});
    }
}

Task<> start_server_side(const Settings& settings, Supervisor& supervisor) {
    need(supervisor.add(need(rabbitmq(settings, "server-rabbitmq", server_namespace))));
    need(supervisor.add(need(redis(settings, "server-redis", server_namespace, 6379, "everysec"))));
    need(supervisor.add(need(postgres(settings))));
    // It listens before it accepts, so asking the port is not enough.
    const auto end = now() + Seconds{60};
    while (!run_once({.name = "pg_isready", .argv = {"pg_isready", "-q", "-h", settings.path("postgres"), "-U", "postgres"}})) {
        if (now() > end) throw StartFailed{"postgres does not accept connections; its log is " + settings.path("log/postgres.log")};
        co_await after(Milliseconds{50});
    }
    need(prepare_postgres(settings));
}

void start_router_services(const Settings& settings, Supervisor& supervisor) {
    need(supervisor.add(need(rabbitmq(settings, "router-rabbitmq", router_namespace))));
    need(supervisor.add(need(redis(settings, "router-redis-state", router_namespace, 6379, "always"))));
    need(supervisor.add(need(redis(settings, "router-redis-stream", router_namespace, 6380, "everysec"))));
    add_all(supervisor, need(internet(settings)));
    need(supervisor.add(need(unbound(settings))));
}

void announce(const Settings& settings, const Enrolment& enrolment) {
    const auto url = "http://127.0.0.1:" + std::to_string(settings.web_port) + "/";
    if (settings.json) {
        std::cout << nlohmann::json{{"url", url},
                                    {"graphql", url + "graphql"},
                                    {"websocket", "ws://127.0.0.1:" + std::to_string(settings.web_port) + "/graphql"},
                                    {"email", enrolment.organiser.email},
                                    {"password", enrolment.organiser.password},
                                    {"godview_email", enrolment.staff.email},
                                    {"godview_password", enrolment.staff.password},
                                    {"router", enrolment.router_id},
                                    {"state", settings.state}}
                         .dump()
                  << std::endl;
        return;
    }
    std::cout << "\n  The event runs: " << settings.shape.guests << " guests, one router, one server.\n\n"
              << "  Dashboard   " << url << "\n  E-mail      " << enrolment.organiser.email << "\n  Password    "
              << enrolment.organiser.password << "\n\n  Logs are in " << settings.path("log") << ". Stop with Ctrl-C or deploy/demo/stop.\n"
              << std::endl;
}

Task<> start_guests(const Settings& settings, Supervisor& supervisor) {
    if (!settings.guests_browse) co_return;
    for (int guest = 1; guest <= settings.shape.guests; ++guest) {
        need(supervisor.add(need(dhcp_client(settings, guest))));
        need(supervisor.add(need(person(settings, guest))));
        co_await after(Milliseconds{400});  // People arrive one after the other.
    }
}

/// The whole life of the event, until cancelled.
Task<> live(const Settings& settings, Supervisor& supervisor) {
    co_await start_server_side(settings, supervisor);
    if (!settings.shape.server_only) start_router_services(settings, supervisor);
    const auto enrolment = need(enrol(settings));
    add_all(supervisor, need(server_daemons(settings)));
    add_all(supervisor, need(settings.shape.server_only ? simulated_router(settings) : router_daemons(settings)));
    need(supervisor.add({.name = "forward",
                         .argv = {settings.program("vivi-lab"), "forward", std::to_string(settings.web_port), server_namespace, "8080"}}));
    co_await wait_for_port(settings, "server", server_namespace, 8080);
    co_await wait_for_port(settings, "openvivi", server_namespace, 2222);
    co_await wait_for_port(settings, "forward", "", settings.web_port);
    announce(settings, enrolment);
    if (!settings.shape.server_only) co_await start_guests(settings, supervisor);
    for (;;) co_await after(Milliseconds{3'600'000});
}

Task<> until_signal() {
    net::signal_set signals{co_await net::this_coro::executor, SIGINT, SIGTERM};
    co_await signals.async_wait(net::use_awaitable);
}

Task<> run_and_stop(const Settings& settings, int& exit_code) {
    Supervisor supervisor{settings.path("log")};
    Machine machine{settings, supervisor};
    try {
        need(begin_boot(settings));
        co_await together(live(settings, supervisor), supervisor.run(), serve_control(settings, supervisor, machine),
                          sim::serve_systemd(machine, machine_socket(settings)), until_signal());
    } catch (const std::exception& failure) {
        std::cerr << "vivi-lab: " << failure.what() << '\n';
        exit_code = 1;
    }
    co_await supervisor.stop_all();
}

/// Process 1 of the event's own process namespace: when it ends, however it ends, the kernel kills everything it started.
int inside(const Settings& settings) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("proc", "/proc", "proc", 0, nullptr) != 0) {
        std::cerr << "vivi-lab: no mount namespace: " << std::strerror(errno) << '\n';
        return 1;
    }
    log::open("lab", log::Level::Warn);
    net::io_context io{1};
    int exit_code = 0;
    net::co_spawn(io, run_and_stop(settings, exit_code), [&](std::exception_ptr) { io.stop(); });
    io.run();
    return exit_code;
}

/// The lock that makes the event the only one; holds the process id.
int lock(const Settings& settings) {
    const int fd = ::open("/run/lock/vivi-lab.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) return -1;
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        ::close(fd);
        return -1;
    }
    const auto text = std::to_string(::getpid()) + "\n" + settings.state + "\n";
    if (::ftruncate(fd, 0) == 0) [[maybe_unused]] const auto written = ::write(fd, text.data(), text.size());
    return fd;
}

pid_t holder() {
    std::ifstream file{"/run/lock/vivi-lab.lock"};
    pid_t pid = 0;
    file >> pid;
    return pid;
}

volatile std::sig_atomic_t child_to_signal = 0;
void pass_on(int number) {
    if (child_to_signal > 0) ::kill(static_cast<pid_t>(child_to_signal), number);
}

int run_child(const Settings& settings) {
    struct sigaction action {};
    action.sa_handler = pass_on;
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    ::sigaction(SIGHUP, &action, nullptr);
    // fork() into a new process namespace; unshare() would put our own later children there too.
    const auto child = static_cast<pid_t>(::syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
    if (child < 0) {
        std::cerr << "vivi-lab: no process namespace: " << std::strerror(errno) << '\n';
        return 1;
    }
    if (child == 0) {
        ::setpgid(0, 0);  // Ctrl-C reaches it through us, once.
        ::signal(SIGHUP, SIG_IGN);
        ::_exit(inside(settings));
    }
    child_to_signal = child;
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

Status empty_state(const Settings& settings) {
    std::error_code error;
    std::filesystem::remove_all(settings.state, error);
    for (const auto* folder : {"log", "run", "etc", "router", "router/policy", "router/journal", "server", "guests"}) std::filesystem::create_directories(settings.path(folder), error);
    if (error) return failed(Code::Unavailable, settings.state + ": " + error.message());
    return {};
}

int complain(const std::string& what) {
    std::cerr << "vivi-lab: " << what << '\n';
    return 1;
}

}  // namespace

int run_event(const Settings& settings) {
    if (::geteuid() != 0) return complain("network namespaces need root; run this as root");
    const int locked = lock(settings);
    if (locked < 0) return complain("another event is running (process " + std::to_string(holder()) + "); stop it with deploy/demo/stop");
    if (auto is_free = check_free(settings.web_port); !is_free) return complain(is_free.error().detail);
    if (auto emptied = empty_state(settings); !emptied) return complain(emptied.error().detail);
    if (auto prepared = prepare_guests(settings); !prepared) return complain(prepared.error().detail);
    if (auto made = make(settings.shape); !made) return complain(made.error().detail);
    const int exit_code = run_child(settings);
    remove();
    ::unlink("/run/lock/vivi-lab.lock");
    ::close(locked);
    return exit_code;
}

int stop_event(const Settings& settings) {
    const int locked = lock(settings);
    if (locked < 0) {
        const pid_t pid = holder();
        if (pid <= 0 || ::kill(pid, SIGTERM) != 0) return complain("cannot stop the running event: " + std::string{std::strerror(errno)});
        for (int waited = 0; ::kill(pid, 0) == 0; waited += 50) {
            if (waited > 15'000) return complain("process " + std::to_string(pid) + " did not stop in 15 s");
            ::usleep(50'000);
        }
        return 0;
    }
    remove();
    ::unlink("/run/lock/vivi-lab.lock");
    ::close(locked);
    return 0;
}

}  // namespace vivi::lab
