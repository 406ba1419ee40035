// graphql-transport-ws as a machine: messages and time in, actions out. Knows neither sockets nor the engine.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/core/time.hpp"
#include "server/graphql/engine.hpp"

namespace vivi::transport {

/// graphql-ws PROTOCOL.md. Who closes, and when:
///
///   any message of unknown shape or type          4400  Invalid message received
///   subscribe before connection_ack               4401  Unauthorized
///   connection_init refused by the program,
///   or the caller's access has ended              4403  Forbidden
///   no connection_init in time                    4408  Connection initialisation timeout
///   subscribe with the id of a live operation     4409  Subscriber for <id> already exists
///   a second connection_init, ever                4429  Too many initialisation requests
class Protocol {
public:
    struct Options {
        Milliseconds init_timeout{3'000};
        std::size_t operations = 10;  ///< Live at once; one more gets `error`, TOO_MANY_OPERATIONS.
    };
    /// One life of an id: a finished operation's number never comes again, its id may.
    using Number = std::uint64_t;

    struct Send {
        std::string head{};
        std::shared_ptr<const std::string> body{};  // Shared by all sockets that get this response; may be null.
        std::string_view tail{};                    ///< A literal.
    };
    struct Close {
        std::uint16_t code = 1000;
        std::string reason{};  ///< At most 123 bytes.
    };
    /// Somebody wants in: answer with accept() or reject().
    struct Initialise {
        graphql::Value payload{};
    };
    struct Start {
        Number number = 0;
        graphql::Request request{};
    };
    /// The client wants no more of it.
    struct Stop {
        Number number = 0;
    };
    using Action = std::variant<Send, Close, Initialise, Start, Stop>;

    Protocol(Instant now, Options options) : options_{options}, init_deadline_{now + options.init_timeout} {}

    /// One text message. After Close nothing is answered any more.
    std::vector<Action> receive(std::string_view message);
    std::vector<Action> accept();
    std::vector<Action> reject();
    /// Whoever opened it may no longer: 4403, whatever was going on.
    std::vector<Action> revoke();

    /// Results of a started operation; nothing comes of those for one that is over. All sockets may be given the same response.
    std::vector<Action> next(Number number, const std::shared_ptr<const graphql::Response>& response);
    /// The request was refused: `errors` is a JSON array. Ends the operation without `complete`.
    std::vector<Action> error(Number number, const std::string& errors);
    std::vector<Action> complete(Number number);

    /// When connection_init must have come; nothing once it has.
    std::optional<Instant> next_deadline() const;
    std::vector<Action> expire(Instant now);

    std::size_t live() const noexcept { return live_.size(); }
    bool is_closed() const noexcept { return state_ == State::Closed; }

private:
    enum class State : std::uint8_t { New, Asked, Ready, Closed };

    struct Live {
        Number number = 0;
        std::string id{};
    };
    /// The live operation; end() when it is over.
    std::vector<Live>::iterator find(Number number);
    std::vector<Live>::iterator find(std::string_view id);

    std::vector<Action> close(std::uint16_t code, std::string reason);
    std::vector<Action> initialise(const graphql::Fields& message);
    std::vector<Action> subscribe(const graphql::Fields& message);
    std::vector<Action> complete(const graphql::Fields& message);
    std::vector<Action> invalid() { return close(4400, "Invalid message received"); }

    Options options_;
    Instant init_deadline_;
    State state_ = State::New;
    Number last_number_ = 0;
    std::vector<Live> live_;  ///< In the order they began. Few: looked through.
};

}  // namespace vivi::transport
