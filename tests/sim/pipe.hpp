// A stream of bytes in both directions, whatever carries it: a unix socket, or a channel of a tunnel.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <span>

#include "common/core/bytes.hpp"
#include "common/core/result.hpp"
#include "common/runtime/task.hpp"
#include "common/runtime/unix_socket.hpp"

namespace vivi::sim {

class Pipe {
public:
    Pipe() = default;
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    virtual ~Pipe() = default;

    /// Waits for at least one byte; 0 at the end.
    virtual Task<Result<std::size_t>> read_some(std::span<std::byte> into) = 0;
    virtual Task<Status> write(Bytes bytes) = 0;
};

class SocketPipe final : public Pipe {
public:
    explicit SocketPipe(UnixSocket socket) : socket_{std::move(socket)} {}

    Task<Result<std::size_t>> read_some(std::span<std::byte> into) override {
        const auto [error, count] = co_await socket_.async_read_some(net::buffer(into.data(), into.size()), as_value);
        if (error == net::error::eof) co_return std::size_t{0};
        if (error) co_return failed(Code::Unavailable, error.message());
        co_return count;
    }
    Task<Status> write(Bytes bytes) override {
        const auto [error, count] = co_await net::async_write(socket_, net::buffer(bytes), as_value);
        if (error) co_return failed(Code::Unavailable, error.message());
        co_return Status{};
    }

private:
    UnixSocket socket_;
};

}  // namespace vivi::sim
