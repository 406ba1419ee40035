// A router's openvivi-embedded alone, as a process of the test.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>

#include <csignal>
#include <iostream>

#include "common/ssh/keys.hpp"
#include "tests/adapters/openvivi-embedded/client.hpp"

namespace vivi::test {

class EmbeddedRouter : public testing::Test, public EmbeddedClient {
public:
    static constexpr const char* custody = "11111111-1111-4111-8111-111111111111";

    EmbeddedRouter() {
        socket = folder / "api.sock";
        fingerprint = ssh::fingerprint(identity.public_key());
        EXPECT_TRUE(identity.save(folder / "identity"));
        EXPECT_TRUE(ssh::write_line(folder / "hub_keys", ssh::to_line(ssh::PrivateKey::generate()->public_key())));
        std::ofstream{folder / "last-good.json"} << R"({"v":1,"custody":")" << custody << "\"}";
        settings += "health.socket = \"" + (folder / "health") +
                    "\"\nhub.addresses = [\"127.0.0.1:1\"]\nhub.host_keys.file = \"" + (folder / "hub_keys") +
                    "\"\nidentity.file = \"" + (folder / "identity") + "\"\nsync.socket = \"" + (folder / "sync.sock") +
                    "\"\napi.socket = \"" + socket + "\"\ncommands.folder = \"" + (folder / "commands") +
                    "\"\ncustody.file = \"" + (folder / "last-good.json") + "\"\ncommands.keys = [\"" +
                    crypto::to_text(key.public_key()) + "\"]\n";
    }
    ~EmbeddedRouter() override {
        if (HasFailure()) std::cerr << "--- daemon.log\n" << log();
    }

    void start() {
        std::ofstream{folder / "daemon.toml"} << settings;
        daemon.emplace(Launch{.command = {VIVI_BIN "/vivi-openvivi-embedded", "--config", folder / "daemon.toml"},
                              .environment = {{"DBUS_SYSTEM_BUS_ADDRESS", "unix:path=" + (folder / "no-bus")}},
                              .output = folder / "daemon.log"});
        await("the API", [this] { return ask("GET", "/v1/health").status == 200; });
    }
    void kill() {
        daemon->signal(SIGKILL);
        daemon->wait();
    }
    std::string log() const { return text_of_file(folder / "daemon.log"); }

    TempFolder folder{};
    ssh::PrivateKey identity = *ssh::PrivateKey::generate();
    std::string settings = "page.address = \"\"\n";
    std::optional<Child> daemon{};
};

}  // namespace vivi::test
