// vivi-site: the server side with simulated routers, for looking at the dashboard and for tests of it. Everything on loopback,
// nothing kept. SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <csignal>
#include <fstream>
#include <iostream>
#include <mutex>
#include <nlohmann/json.hpp>

#include "common/core/crypto.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/task.hpp"
#include "common/ssh/keys.hpp"
#include "server/db/administration.hpp"
#include "tests/adapters/services.hpp"
#include "tests/adapters/smtp_sink.hpp"
#include "tests/site/large.hpp"
#include "tests/site/life.hpp"
#include "tests/site/machine.hpp"

namespace {

using namespace vivi;
using namespace vivi::test;

/// What the command line asked for.
struct Shape {
    std::uint16_t port = 0;
    int routers = 2;
    int devices = 200;
    int backlog_hours = 24;
    int liveliness = 100;  ///< Per cent of what guests do by themselves.
    std::string web_root = VIVI_SOURCE "/server/web/dist";
    bool is_production = false;
    bool is_large = false;  ///< The big event instead of crowds.
    LargeShape large{};
    bool is_demo = false;  ///< For a person at a terminal: until a signal, not until the input ends.
    bool says_json = false;
};

template <class T>
T need(Result<T> result) {
    if (!result) throw std::runtime_error{result.error().detail};
    return *std::move(result);
}

constexpr const char* password = "correct horse battery staple";

/// Networks of router `number`, so that two routers of an event do not hand out the same addresses.
std::string first_configuration() {
    return R"({"networks":[{"name":"lan","interface":"br-lan","address":"10.66.0.1/20",
        "dhcp":{"from":"10.66.0.50","to":"10.66.15.250","lease_seconds":3600,"domain":"lan"}}],
        "uplink":{"interface":"uplink0","mode":"dhcp"},"policy":{"mode":"block-listed"}})";
}

/// A router that does not exist: a simulated bridge behind the real end of a tunnel.
class Router {
public:
    Router(std::string name, std::uint16_t hub, const ssh::PublicKey& hub_key, const std::string& command_key)
        : name_{std::move(name)} {
        if (!identity_.save(folder_ / "identity") || !ssh::write_line(folder_ / "hub_keys", ssh::to_line(hub_key)))
            throw std::runtime_error{folder_.path() + ": cannot be written"};
        std::ofstream{folder_ / "tunnel.toml"}
            << "health.socket = \"" << (folder_ / "tunnel.health") << "\"\nhub.addresses = [\"127.0.0.1:" << hub
            << "\"]\nhub.host_keys.file = \"" << (folder_ / "hub_keys") << "\"\nidentity.file = \"" << (folder_ / "identity")
            << "\"\nsync.socket = \"" << (folder_ / "sync.sock") << "\"\napi.socket = \"" << (folder_ / "api.sock")
            << "\"\ndial.socket = \"" << (folder_ / "dial.sock") << "\"\nboot_id.file = \"" << machine_.boot_id_file()
            << "\"\ncommands.keys = [\"" << command_key << "\"]\ncommands.folder = \"" << (folder_ / "commands")
            << "\"\ncustody.file = \"" << (folder_ / "custody.json") << "\"\nclaim_code.file = \""
            << (folder_ / "claim-code.json") << "\"\nreturn.file = \"" << (folder_ / "return.json") << "\"\nreceipt.file = \""
            << (folder_ / "receipt.json") << "\"\nupdate.folder = \"" << (folder_ / "update") << "\"\nupdate.root = \""
            << (folder_ / "opt") << "\"\npolicy.folder = \"" << (folder_ / "policy") << "\"\npin.file = \"" << (folder_ / "pin")
            << "\"\nlocal.file = \"" << (folder_ / "local.json")
            << "\"\npage.address = \"\"\ntunnel.backoff_first_ms = 100\ntunnel.backoff_most_ms = 1000\n";
    }
    const std::string& name() const noexcept { return name_; }
    std::string fingerprint() const { return ssh::fingerprint(identity_.public_key()); }
    /// A crowd that is there.
    void start(int devices, int backlog_hours, int seed, int liveliness = 100) {
        start("crowd.devices = " + std::to_string(devices) + "\ncrowd.seed = " + std::to_string(seed) +
              "\ncrowd.backlog_hours = " + std::to_string(backlog_hours) +
              "\ncrowd.liveliness_percent = " + std::to_string(liveliness) + "\ncrowd.asks = true\n");
    }
    /// `scene`: settings of vivi-sim-router.
    void start(const std::string& scene) {
        std::ofstream{folder_ / "sim.toml"} << "health.socket = \"" << (folder_ / "sim.health") << "\"\nsync.socket = \""
                                            << (folder_ / "sync.sock") << "\"\ncustody.file = \"" << (folder_ / "custody.json")
                                            << "\"\nreturn.file = \"" << (folder_ / "return.json") << "\"\nreceipt.file = \""
                                            << (folder_ / "receipt.json") << "\"\n"
                                            << scene;
        bridge_.emplace(
            Launch{.command = {VIVI_BIN "/vivi-sim-router", "--config", folder_ / "sim.toml"}, .output = folder_ / "sim.log"});
        dial();
    }
    /// How much of the history the server has, 0 to 1.
    double told() const {
        const auto health = read_health(folder_ / "sim.health");
        if (!health.is_object() || health.value("history", nlohmann::json{}).is_null()) return 0;
        const auto history = health["history"].get<double>(), acknowledged = health["acknowledged"].get<double>();
        return acknowledged >= history ? 1 : acknowledged / history;
    }
    void dial() {
        const std::scoped_lock both{mutex_};
        tunnel_.reset();
        tunnel_.emplace(Launch{.command = {VIVI_BIN "/vivi-openvivi-embedded", "--config", folder_ / "tunnel.toml"},
                               .environment = {{"DBUS_SYSTEM_BUS_ADDRESS", machine_.bus_address()}},
                               .output = folder_ / "tunnel.log"});
    }
    bool is_dialled() {
        const std::scoped_lock both{mutex_};
        return tunnel_.has_value();
    }
    void hang_up() {
        const std::scoped_lock both{mutex_};
        tunnel_.reset();
    }
    std::string folder() const { return folder_.path(); }

private:
    std::string name_;
    TempFolder folder_{};
    ssh::PrivateKey identity_ = need(ssh::PrivateKey::generate());
    std::mutex mutex_{};  // Of tunnel_: the machine has a thread.
    std::optional<Child> bridge_{}, tunnel_{};
    SiteMachine machine_{folder_.path(), {.restart = [this] { dial(); }, .stop = [this] { hang_up(); }}};
};

/// PostgreSQL, RabbitMQ, Redis, a mail sink, the hub, the server, and who uses them.
class Site {
public:
    explicit Site(Shape shape) : shape_{std::move(shape)} {
        if (shape_.port == 0) shape_.port = free_port();
        if (const auto migrated = db::migrate(postgres_.owner_url()); !migrated)
            throw std::runtime_error{migrated.error().detail};
        make_people();
        command_key_ = admin("command-key " + (folder_ / "command_key"));
        admin("push-key " + (folder_ / "push_key"));
        keep_release();
        start_hub();
        start_server();
        make_routers();
        if (shape_.is_large) hold_event();
    }

    std::string url() const { return "http://127.0.0.1:" + std::to_string(shape_.port); }

    nlohmann::json description() const {
        auto routers = nlohmann::json::array();
        for (const auto& router : routers_) routers.push_back({{"name", router->name()}, {"folder", router->folder()}});
        return {{"url", url()},
                {"password", password},
                {"people",
                 {{"owner", "ada@example.org"},
                  {"organiser", "otto@example.org"},
                  {"operator", "oprah@example.org"},
                  {"viewer", "vera@example.org"},
                  {"stranger", "bob@example.net"},
                  {"staff", "sam@vivi.example"}}},
                {"routers", std::move(routers)},
                {"pending", {{"fingerprint", pending_->fingerprint()}}},
                {"event", large_ ? large_->description() : nlohmann::json{}},
                {"postgres", postgres_.owner_url()},
                {"server_log", folder_ / "server.log"},
                {"hub_log", folder_ / "hub.log"}};
    }

    /// Routers of the big event lose their tunnels when its programme says so, and get them back. To be called each second.
    void follow_programme() {
        if (!large_) return;
        for (std::size_t i = 0; i < routers_.size(); ++i) {
            const bool is_up = large_->has_uplink(i, wall_now());
            if (is_up == has_uplink_.at(i)) continue;
            has_uplink_.at(i) = is_up;
            is_up ? routers_[i]->dial() : routers_[i]->hang_up();
        }
    }

    /// One line of standard input; the answer is one line of JSON.
    nlohmann::json obey(const std::string& line) {
        const auto space = line.find(' ');
        const auto verb = line.substr(0, space);
        const auto rest = space == std::string::npos ? std::string{} : line.substr(space + 1);
        if (verb == "offline" || verb == "online") {
            for (const auto& router : routers_) {
                if (router->name() != rest) continue;
                verb == "offline" ? router->hang_up() : router->dial();
                return {{"ok", true}};
            }
            return {{"error", "no such router: " + rest}};
        }
        if (verb == "claim-code") return {{"code", need(db::offer_claim_code(postgres_.owner_url(), pending_->fingerprint()))}};
        if (verb == "letters") {
            auto letters = nlohmann::json::array();
            for (const auto& mail : mails_.mails())
                letters.push_back({{"to", mail.to}, {"subject", mail.header("subject")}, {"text", mail.text()}});
            return {{"letters", std::move(letters)}};
        }
        if (verb == "stop-server") return server_.reset(), nlohmann::json{{"ok", true}};
        if (verb == "start-server") return start_server(), nlohmann::json{{"ok", true}};
        return {{"error", "the words are: offline NAME, online NAME, claim-code, letters, stop-server, start-server"}};
    }

private:
    std::string admin(const std::string& arguments, const std::string& input = "") {
        const TempFolder folder;
        std::ofstream{folder / "input"} << input << '\n';
        run_to_end({.command = {"/bin/sh", "-c",
                                std::string{VIVI_BIN} + "/vivi-admin --database " + postgres_.owner_url() + " " + arguments +
                                    " < " + (folder / "input") + " > " + (folder / "output")}});
        std::string text;
        std::getline(std::ifstream{folder / "output"}, text);
        return text;
    }
    std::string make_user(const std::string& email, const std::string& name, const std::string& place) {
        return admin("create-user --email " + email + " --name '" + name + "' " + place, password);
    }
    void make_people() {
        organisation_ = need(db::create_organisation(postgres_.owner_url(), "Example Fest"));
        const auto other = need(db::create_organisation(postgres_.owner_url(), "Other Organisation"));
        const auto with = [](const std::string& organisation, const std::string& role) {
            return "--organisation " + organisation + " --role " + role;
        };
        make_user("ada@example.org", "Ada Owner", with(organisation_, "owner"));
        make_user("otto@example.org", "Otto Organiser", with(organisation_, "organiser"));
        make_user("oprah@example.org", "Oprah Operator", with(organisation_, "operator"));
        make_user("vera@example.org", "Vera Viewer", with(organisation_, "viewer"));
        make_user("bob@example.net", "Bob Stranger", with(other, "owner"));
        make_user("sam@vivi.example", "Sam Staff", "--staff");
    }
    /// What a roll-out would bring. No router takes it: it is not signed by the key they know.
    void keep_release() {
        std::ofstream{folder_ / "bundle"} << "no software\n";
        admin("add-release --version 9.9.9 --architecture amd64 --signature " + (folder_ / "bundle") + " " +
              (folder_ / "bundle"));
    }
    void start_hub() {
        if (!hub_key_.save(folder_ / "hub_key")) throw std::runtime_error{"the hub's key cannot be written"};
        std::ofstream{folder_ / "hub.toml"} << "health.socket = \"" << (folder_ / "hub.health") << "\"\nhost_key.file = \""
                                            << (folder_ / "hub_key")
                                            << "\"\nhub.name = \"site\"\nlisten.address = \"127.0.0.1\"\nlisten.port = "
                                            << hub_port_ << "\ndatabase.url = \"" << postgres_.url("vivi_hub")
                                            << "\"\nbus.url = \"" << rabbitmq_.url() << "\"\nredis.url = \"" << redis_.url()
                                            << "\"\n";
        hub_.emplace(
            Launch{.command = {VIVI_BIN "/vivi-openvivi", "--config", folder_ / "hub.toml"}, .output = folder_ / "hub.log"});
        await("vivi-openvivi", [&] { return accepts(hub_port_); });
    }
    void start_server() {
        std::ofstream{folder_ / "totp_keys"} << std::string(64, 'a') << '\n';
        std::ofstream{folder_ / "server.toml"} << "";
        server_.emplace(Launch{.command = {VIVI_BIN "/vivi-server", "--config", folder_ / "server.toml"},
                               .environment = {{"VIVI_LISTEN_PORT", std::to_string(shape_.port)},
                                               {"VIVI_DATABASE_OWNER_URL", postgres_.owner_url()},
                                               {"VIVI_DATABASE_API_URL", postgres_.url("vivi_api")},
                                               {"VIVI_DATABASE_AUTH_URL", postgres_.url("vivi_auth")},
                                               {"VIVI_DATABASE_STAFF_URL", postgres_.url("vivi_staff")},
                                               {"VIVI_BUS_URL", rabbitmq_.url()},
                                               {"VIVI_REDIS_URL", redis_.url()},
                                               {"VIVI_WEB_ROOT", shape_.web_root},
                                               {"VIVI_GRAPHQL_DOCUMENTS", shape_.is_production ? "trusted" : "any"},
                                               {"VIVI_AUTH_TOTP_KEY_FILE", folder_ / "totp_keys"},
                                               {"VIVI_COMMANDS_KEY_FILE", folder_ / "command_key"},
                                               {"VIVI_PUSH_KEY_FILE", folder_ / "push_key"},
                                               {"VIVI_PUSH_CONTACT", "mailto:site@vivi.example"},
                                               {"VIVI_PUBLIC_URL", url()},
                                               {"VIVI_MAIL_URL", "smtp+plain://127.0.0.1:" + std::to_string(mails_.port())},
                                               {"VIVI_MAIL_FROM", "Vivi <vivi@example.org>"},
                                               {"VIVI_LISTS_FOLDER", VIVI_SOURCE "/deploy/lists"},
                                               {"VIVI_HEALTH_SOCKET", folder_ / "server.health"}},
                               .output = folder_ / "server.log"});
        await("vivi-server", [&] { return accepts(shape_.port); });
    }
    void make_routers() {
        std::ofstream{folder_ / "first.json"} << first_configuration();
        static constexpr std::array names{"Main hall", "Garden stage", "Workshop rooms", "Camping"};
        for (int i = 0; i < shape_.routers && !shape_.is_large; ++i) {
            auto router = std::make_unique<Router>(names.at(static_cast<std::size_t>(i) % names.size()), hub_port_,
                                                   hub_key_.public_key(), command_key_);
            admin("accept-router --fingerprint " + router->fingerprint() + " --organisation " + organisation_ + " --name '" +
                  router->name() + "' --configuration " + (folder_ / "first.json"));
            router->start(i == 0 ? shape_.devices : shape_.devices / 10 + 1, shape_.backlog_hours, i + 1, shape_.liveliness);
            routers_.push_back(std::move(router));
        }
        if (shape_.is_large) make_large_routers();
        pending_ = std::make_unique<Router>("unclaimed", hub_port_, hub_key_.public_key(), command_key_);
        need(db::offer_claim_code(postgres_.owner_url(), pending_->fingerprint()));
        pending_->start(20, 0, 99);
    }
    void make_large_routers() {
        large_.emplace(shape_.large);
        for (std::size_t i = 0; i < LargeEvent::routers; ++i) {
            auto router = std::make_unique<Router>(large_->router_name(i), hub_port_, hub_key_.public_key(), command_key_);
            std::ofstream{folder_ / "first.json"} << large_->configuration(i);
            admin("accept-router --fingerprint " + router->fingerprint() + " --organisation " + organisation_ + " --name '" +
                  router->name() + "' --configuration " + (folder_ / "first.json"));
            routers_.push_back(std::move(router));
        }
    }
    /// Its routers tell only what happened under the event's rules, so they begin when they belong to it.
    void hold_event() {
        const Organiser organiser{.port = shape_.port, .email = "ada@example.org", .password = password};
        large_->organise(organiser, postgres_);
        for (std::size_t i = 0; i < routers_.size(); ++i) routers_[i]->start(large_->scene(i));
        await("the history", [this] { return was_signalled() || tell_progress(); }, Milliseconds{600'000});
        large_->annotate(organiser);
        if (!shape_.is_demo) return;
        // Whoever looks for the first time shall see lists and alarms that the hub makes once a minute.
        const auto is_added_up = [this] {
            wait_a_second();
            return was_signalled() || postgres_.sql(
                                          "select count(*) from traffic_dirty where level = 5"
                                          " and at < now() - interval '10 minutes'") == "0\n";
        };
        await("the sums", is_added_up, Milliseconds{300'000});
    }
    bool tell_progress() {
        double told = 0;
        for (const auto& router : routers_) told += router->told();
        if (shape_.is_demo) show_progress("telling the server what happened before", told / LargeEvent::routers);
        return told >= LargeEvent::routers;
    }

    Shape shape_;
    TempFolder folder_{};
    PrivatePostgres postgres_{};
    PrivateRabbitmq rabbitmq_{};
    PrivateRedis redis_{};
    SmtpSink mails_{};
    ssh::PrivateKey hub_key_ = need(ssh::PrivateKey::generate());
    std::uint16_t hub_port_ = free_port();
    std::string organisation_{}, command_key_{};
    std::optional<Child> hub_{}, server_{};
    std::vector<std::unique_ptr<Router>> routers_{};
    std::unique_ptr<Router> pending_{};
    std::optional<LargeEvent> large_{};
    std::array<bool, LargeEvent::routers> has_uplink_{true, true, true};
};

std::string answer_to(Site& site, const std::string& line) {
    try {
        return site.obey(line).dump();
    } catch (const std::exception& failure) {
        return nlohmann::json{{"error", failure.what()}}.dump();
    }
}

void announce(const Site& site, const Shape& shape) {
    const auto description = site.description();
    if (shape.is_demo && !shape.says_json)
        std::cout << "\n  The event runs: " << shape.large.devices << " devices, " << LargeEvent::routers
                  << " routers, one server.\n\n  Dashboard   " << site.url() << "/\n  E-mail      "
                  << description["people"]["owner"].get<std::string>() << "\n  Password    " << password
                  << "\n\n  Stop with Ctrl-C or deploy/demo/stop.\n"
                  << std::endl;
    else
        std::cout << description.dump() << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
    Shape shape;
    CLI::App app{"The server side with simulated routers, until standard input ends. Prints what it is as one line of JSON.",
                 "vivi-site"};
    app.add_option("--port,--web-port", shape.port, "TCP port of the dashboard; 0: any")->capture_default_str()->take_last();
    app.add_option("--routers", shape.routers, "How many routers")->capture_default_str()->check(CLI::Range(0, 4));
    app.add_option("--devices", shape.devices, "Devices of the first router; the others have a tenth")
        ->capture_default_str()
        ->check(CLI::Range(0, 4000));
    app.add_option("--backlog-hours", shape.backlog_hours, "How much history there is")
        ->capture_default_str()
        ->check(CLI::Range(0, 47));
    app.add_option("--liveliness", shape.liveliness, "How often devices do something, in per cent of what guests do")
        ->capture_default_str()
        ->check(CLI::Range(1, 1'000));
    app.add_option("--web-root", shape.web_root, "The built dashboard")->capture_default_str();
    app.add_flag("--production", shape.is_production, "Only the dashboard's own documents run");
    auto* large = app.add_flag("--large", shape.is_large, "The big event, in three places, instead of crowds");
    app.add_option("--large-devices", shape.large.devices, "Devices of the big event by the end of lunch")
        ->needs(large)
        ->capture_default_str()
        ->check(CLI::Range(100, 5000));
    app.add_option("--history", shape.large.history_minutes, "Minutes of the big event that are over when the site is ready")
        ->needs(large)
        ->capture_default_str()
        ->check(CLI::Range(1, 780));
    app.add_option("--speed", shape.large.speed, "How many times as fast the rest of the big event goes")
        ->needs(large)
        ->capture_default_str()
        ->check(CLI::Range(1, 60));
    app.add_flag("--demo", shape.is_demo, "Until Ctrl-C, whatever the input; only one at a time (deploy/demo/run)")->needs(large);
    app.add_flag("--json", shape.says_json, "Of a demo too, one line of JSON");
    app.get_option("--production")->excludes(large);
    CLI11_PARSE(app, argc, argv);
    std::signal(SIGPIPE, SIG_IGN);
    try {
        std::optional<OnlyDemo> only;
        if (shape.is_demo) only.emplace();
        listen_to_signals();
        Site site{shape};
        if (was_signalled()) return 0;
        announce(site, shape);
        Input input;
        for (;;) {
            const auto line = shape.is_demo ? wait_a_second() : input.next();
            if (was_signalled() || line.is_over) break;
            site.follow_programme();
            if (line.text) std::cout << answer_to(site, *line.text) << std::endl;
        }
    } catch (const std::exception& failure) {
        std::cerr << "vivi-site: " << failure.what() << '\n';
        return 1;
    }
    return 0;
}
