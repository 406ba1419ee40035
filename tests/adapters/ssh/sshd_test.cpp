// Our client against the stock sshd: forwards and channels work, wrong keys on either side are refused.
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>

#include "tests/adapters/ssh/ends.hpp"

namespace vivi::test {
namespace {

using testing::HasSubstr;

class StockSshd : public testing::Test {
public:
    StockSshd() {
        EXPECT_TRUE(host_key.save(folder / "host_key"));
        EXPECT_TRUE(ssh::write_line(folder / "authorized_keys", ssh::to_line(identity.public_key())));
        std::filesystem::create_directories("/run/sshd");
        std::ofstream{folder / "sshd_config"}
            << "ListenAddress 127.0.0.1\nPort " << port << "\nHostKey " << (folder / "host_key")
            << "\nPidFile none\nUsePAM no\nStrictModes no\nPermitRootLogin prohibit-password\nAuthorizedKeysFile "
            << (folder / "authorized_keys") << "\nAllowTcpForwarding remote\n";
        sshd.emplace(
            Launch{.command = {"/usr/sbin/sshd", "-D", "-e", "-f", folder / "sshd_config"}, .output = folder / "sshd.log"});
        await("sshd", [&] { return accepts(port); });
    }
    /// Connects as root, which the tests are.
    Task<Result<std::unique_ptr<ssh::Session>>> connect(const ssh::PrivateKey& as, const ssh::PublicKey& pinned) {
        auto socket = co_await ssh::dial({.host = "127.0.0.1", .port = port});
        if (!socket) co_return std::unexpected{socket.error()};
        ssh::Credentials credentials{.identity = as, .hub_keys = {pinned}, .user = "root"};
        co_return co_await ssh::connect(*std::move(socket), "sshd", std::move(credentials), {.forwards = {forward}});
    }

    TempFolder folder{};
    Loop loop{};
    std::uint16_t port = free_port();
    ssh::Forward forward{.name = "localhost", .port = free_port()};  // sshd listens there; ours would not.
    ssh::PrivateKey host_key = made_key();
    ssh::PrivateKey identity = made_key();
    std::optional<Child> sshd{};
};

/// Answers channels of the session with what they say.
Task<> echo_channels(ssh::Session& session) {
    for (;;) {
        auto incoming = co_await session.next_channel();
        Bytes buffer(16 * 1024);
        for (;;) {
            const auto count = co_await incoming.channel.read_some(buffer);
            if (!count || *count == 0) break;
            co_await write_all(incoming.channel, BytesView{buffer}.first(*count));
        }
    }
}

TEST_F(StockSshd, OpensChannelsToOurForwards) {
    loop.run([](StockSshd& self) -> Task<> {
        auto session = co_await self.connect(self.identity, self.host_key.public_key());
        if (!session) throw std::runtime_error{session.error().detail};
        const auto running = [](ssh::Session& on) -> Task<> { co_await on.run(); };
        const auto talking = [](std::uint16_t port) -> Task<> {
            for (int i = 0; i < 20; ++i) {
                tcp::socket socket{co_await net::this_coro::executor};
                co_await socket.async_connect({net::ip::address_v4::loopback(), port}, net::use_awaitable);
                const auto said = crypto::random_bytes(3000);
                co_await net::async_write(socket, net::buffer(said), net::use_awaitable);
                Bytes heard(said.size());
                std::size_t have = 0;
                while (have < heard.size())
                    have += co_await socket.async_read_some(net::buffer(heard) + have, net::use_awaitable);
                EXPECT_EQ(heard, said);
            }
        };
        co_await together(running(**session), echo_channels(**session), talking(self.forward.port));
    }(*this));
}

TEST_F(StockSshd, WithAKeyThatIsNotPinnedIsLeft) {
    loop.run([](StockSshd& self) -> Task<> {
        const auto session = co_await self.connect(self.identity, made_key().public_key());
        EXPECT_FALSE(session);
        EXPECT_EQ(session.error().code, Code::Denied);
        EXPECT_THAT(session.error().detail, HasSubstr(ssh::fingerprint(self.host_key.public_key())));
    }(*this));
}

TEST_F(StockSshd, ThatDoesNotKnowOurKeySaysSo) {
    loop.run([](StockSshd& self) -> Task<> {
        const auto stranger = made_key();
        const auto session = co_await self.connect(stranger, self.host_key.public_key());
        EXPECT_FALSE(session);
        EXPECT_EQ(session.error().code, Code::Denied);
        EXPECT_THAT(session.error().detail, HasSubstr(ssh::fingerprint(stranger.public_key())));
    }(*this));
}

TEST(SshKeygen, ReadsOurKeysAndWeReadItsKeys) {
    const TempFolder folder;
    const auto ours = made_key();
    ASSERT_TRUE(ours.save(folder / "ours"));
    run_to_end({.command = {"/bin/sh", "-c", "ssh-keygen -y -f " + (folder / "ours") + " > " + (folder / "ours.pub")}});
    const auto read = ssh::load_public_keys(folder / "ours.pub");
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(read->at(0), ours.public_key());

    run_to_end({.command = {"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "theirs"}});
    const auto theirs = ssh::PrivateKey::load(folder / "theirs");
    ASSERT_TRUE(theirs) << theirs.error().detail;
    EXPECT_EQ(theirs->public_key(), ssh::load_public_keys(folder / "theirs.pub")->at(0));
}

TEST(SshKeyFile, IsPrivateAndNeverOverwritten) {
    const TempFolder folder;
    const auto path = folder / "key";
    const auto made = ssh::load_or_generate(path);
    ASSERT_TRUE(made) << made.error().detail;
    EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms{0600});
    EXPECT_EQ(ssh::load_or_generate(path)->public_key(), made->public_key()) << "made once";
    EXPECT_EQ(made_key().save(path).error().code, Code::Conflict);

    std::filesystem::permissions(path, std::filesystem::perms{0644});
    EXPECT_EQ(ssh::PrivateKey::load(path).error().code, Code::Denied) << "others could read it";
    std::ofstream{folder / "junk"} << "junk";
    std::filesystem::permissions(folder / "junk", std::filesystem::perms{0600});
    EXPECT_EQ(ssh::load_or_generate(folder / "junk").error().code, Code::Invalid) << "and it is not replaced";
    EXPECT_EQ(ssh::PrivateKey::load(folder / "none").error().code, Code::NotFound);
}

}  // namespace
}  // namespace vivi::test
