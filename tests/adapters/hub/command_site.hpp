// A hub, vivi-server's signer and a router to command, as one test needs them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/co_spawn.hpp>

#include "server/jobs/command_signer.hpp"
#include "server/db/commands.hpp"
#include "tests/adapters/hub/site.hpp"
#include "tests/adapters/hub/small_router.hpp"

namespace vivi::test {

class CommandSite : public HubSite {
public:
    CommandSite() {
        small.keys = {key.public_key()};
        small.fingerprint = ssh::fingerprint(identity.public_key());
    }
    /// Everything but the connection of the router.
    void prepare() {
        accept_router();
        small.custody = of_router("custody_id");
        start_hub();
        start_router();
        start_signer();
    }
    void start_router() {
        site.handle = [this](http::Request request) -> Task<http::Response> {
            auto response = small.answer(request);
            if (request.method == "POST" && small.says_nothing) co_await after(Milliseconds{600'000});
            co_return response;
        };
        net::co_spawn(loop.context(), http::serve_unix(folder / "router.sock", site), [](std::exception_ptr) {});
    }
    void start_signer() {
        publisher.emplace(loop.executor(), bus::Broker{.url = services->rabbitmq.url(), .exchange = "vivi.live"});
        bus::Queue queue{.name = "", .bindings = {live::signing_pattern}};
        wakeups = std::make_unique<bus::RabbitmqSubscriber>(
            loop.executor(), bus::Broker{.url = services->rabbitmq.url(), .exchange = "vivi.live"}, queue);
        notices = std::make_unique<live::Notices>(*publisher);
        signer = std::make_unique<jobs::CommandSigner>(loop.executor(), api_pool, staff_pool, *notices,
                                                      crypto::SigningKey::from_seed(key.seed()));
        net::co_spawn(loop.context(), together(hear(), signer->run()), [](std::exception_ptr) {});
    }
    Task<> hear() {
        for (;;) {
            const auto deliveries = co_await wakeups->next(100);
            if (deliveries.empty()) continue;
            wakeups->acknowledge(deliveries.back().tag);
            signer->look();
        }
    }
    /// Stock OpenSSH stands for the router's tunnel, so that the small router is behind `api`.
    void connect() {
        EXPECT_TRUE(
            ssh::write_line(folder / "known", "[127.0.0.1]:" + std::to_string(port) + " " + ssh::to_line(hub_key.public_key())));
        until("the hub", [&] { return log("hub.log").find("hub.listening") != std::string::npos; });
        line.emplace(Launch{.command = {"/usr/bin/ssh", "-F", "none", "-N", "-i", folder / "identity", "-o", "IdentitiesOnly=yes",
                                        "-o", "UserKnownHostsFile=" + (folder / "known"), "-o", "BatchMode=yes", "-R",
                                        "sync:1:" + (folder / "none.sock"), "-R", "api:2:" + (folder / "router.sock"), "-p",
                                        std::to_string(port), "router@127.0.0.1"},
                            .output = folder / "ssh.log"});
        until("the session", [&] { return of_router("hub") == name; });
    }
    void kill_hub() {
        hub->signal(SIGKILL);
        hub->wait();
        hub.reset();
        line.reset();
        std::ofstream{folder / "hub.log", std::ios::trunc};
        sql("update routers set hub = '' where id = '" + router + "'");
    }
    std::string order(model::CommandKind kind, const std::string& parameters = "{}", Seconds lifetime = Seconds{3600}) {
        static int count = 0;
        auto made = loop.run(db::make_command(api_pool, {organisation},
                                              {.router = router,
                                               .kind = kind,
                                               .parameters = parameters,
                                               .key = "k" + std::to_string(++count),
                                               .lifetime = lifetime}));
        if (!made) throw std::runtime_error{made.error().detail};
        wake();
        return made->command.id;
    }
    void wake() {
        if (notices) loop.run(notices->commanded(router, organisation));
    }
    std::string of_command(const std::string& id, const std::string& column) const {
        return sql("select " + column + " from commands where id = '" + id + "'");
    }
    void until_state(const std::string& id, const std::string& state, Milliseconds most = 20s) {
        until(state, [&] { return of_command(id, "state") == state; }, most);
    }

    crypto::SigningKey key = crypto::SigningKey::generate();
    SmallRouter small{};
    http::Site site{};
    db::Pool api_pool{services->postgres.url("vivi_api"), 2}, staff_pool{services->postgres.url("vivi_staff"), 1};
    std::unique_ptr<bus::RabbitmqSubscriber> wakeups{};
    std::unique_ptr<live::Notices> notices{};
    std::unique_ptr<jobs::CommandSigner> signer{};
    std::optional<Child> line{};
    static constexpr const char* dnsd = R"({"service":"vivi-dnsd"})";
};

}  // namespace vivi::test
