// Redis over hiredis: readiness from Asio, a deadline for each call, a loop that keeps the connection.
// SPDX-License-Identifier: Apache-2.0
#include "common/store/redis.hpp"

#include <hiredis/async.h>

#include <atomic>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "common/core/backoff.hpp"
#include "common/core/crypto.hpp"
#include "common/runtime/daemon.hpp"
#include "common/runtime/log.hpp"
#include "common/store/redis_address.hpp"

namespace vivi::store {
namespace {

constexpr Milliseconds answered_within{2'000};
constexpr std::size_t most_outstanding = 20'000;  ///< Commands of one connection; beyond it callers get Overflow.

Reply to_reply(const redisReply& from) {
    Reply reply;
    switch (from.type) {
        case REDIS_REPLY_INTEGER:
            reply.kind = Reply::Kind::Integer;
            reply.integer = from.integer;
            break;
        case REDIS_REPLY_STRING:
        case REDIS_REPLY_STATUS:
            reply.kind = Reply::Kind::Text;
            reply.text.assign(from.str, from.len);
            break;
        case REDIS_REPLY_ERROR:
            reply.kind = Reply::Kind::Failure;
            reply.text.assign(from.str, from.len);
            break;
        case REDIS_REPLY_ARRAY:
            reply.kind = Reply::Kind::Array;
            reply.elements.reserve(from.elements);
            for (std::size_t i = 0; i < from.elements; ++i) reply.elements.push_back(to_reply(*from.element[i]));
            break;
        default: break;  // Nil.
    }
    return reply;
}

/// Commands sent together and the answers that came. Shared: hiredis holds one reference for each answer it owes, the waiter
/// another; a waiter that is cancelled or too late simply leaves.
struct Call {
    Call(const net::any_io_executor& executor, std::size_t count) : expected{count}, finished{executor} {
        replies.reserve(count);
    }

    bool is_complete() const noexcept { return replies.size() == expected; }
    void answer(const redisReply* reply) {
        if (reply != nullptr)
            replies.push_back(to_reply(*reply));
        else
            lost = true;
        if (lost || is_complete()) finished.cancel();
    }

    std::size_t expected;
    std::vector<Reply> replies{};
    bool lost = false;           ///< The connection went before all answers came.
    net::steady_timer finished;  ///< Runs until the deadline; cancelled when there is something to say.
};
using CallPointer = std::shared_ptr<Call>;

/// Tells hiredis when its socket is ready. Shared by hiredis (through ev.data) and by the waits under way, whichever ends last.
struct Readiness {
    Readiness(const net::any_io_executor& executor, redisAsyncContext* of) : socket{executor, of->c.fd}, context{of} {}

    net::posix::stream_descriptor socket;
    redisAsyncContext* context;  ///< Null once hiredis has closed it.
    bool wants_read = false, wants_write = false;
    bool reading = false, writing = false;

    static void read_when_ready(const std::shared_ptr<Readiness>& self) {
        if (self->reading || !self->wants_read || self->context == nullptr) return;
        self->reading = true;
        self->socket.async_wait(net::posix::stream_descriptor::wait_read, [self](const boost::system::error_code& error) {
            self->reading = false;
            if (error || self->context == nullptr) return;
            if (self->wants_read) redisAsyncHandleRead(self->context);
            read_when_ready(self);
        });
    }
    static void write_when_ready(const std::shared_ptr<Readiness>& self) {
        if (self->writing || !self->wants_write || self->context == nullptr) return;
        self->writing = true;
        self->socket.async_wait(net::posix::stream_descriptor::wait_write, [self](const boost::system::error_code& error) {
            self->writing = false;
            if (error || self->context == nullptr) return;
            if (self->wants_write) redisAsyncHandleWrite(self->context);
            write_when_ready(self);
        });
    }
};
using ReadinessPointer = std::shared_ptr<Readiness>;

const ReadinessPointer& readiness(void* data) { return *static_cast<ReadinessPointer*>(data); }

Error lost_before_answer() {
    return {Code::Timeout, "the connection to Redis was lost before it answered: whether the command was done is not known"};
}

}  // namespace

struct Redis::Connection {
    Connection(net::any_io_executor on, RedisTarget where, std::string shown)
        : executor{std::move(on)}, target{std::move(where)}, name{std::move(shown)}, changed{executor, Instant::max()} {}
    ~Connection() { drop("closed"); }

    /// Keeps a connection for as long as it is not cancelled.
    static Task<> keep(std::shared_ptr<Connection> self);
    /// One try: connects and greets; true when it is up.
    static Task<bool> connect(std::shared_ptr<Connection> self);
    /// The address to connect to: hiredis would look a name up on the loop, waiting.
    static Task<std::string> resolve(std::shared_ptr<Connection> self);
    /// Sends all at once and waits for the answers; the connection need not have greeted yet.
    static Task<Result<std::vector<Reply>>> exchange(std::shared_ptr<Connection> self, std::vector<Command> commands,
                                                     Milliseconds within);
    /// The same for callers: not before it is up, not beyond the bound.
    static Task<Result<std::vector<Reply>>> ask(std::shared_ptr<Connection> self, std::vector<Command> commands,
                                                Milliseconds within);

    bool adopt(redisAsyncContext* fresh);
    void send(const Command& command, const CallPointer& call);
    void drop(const char* why);
    void gone() {
        context = nullptr;
        is_up = false;
        changed.cancel();
    }
    /// Resumes when the state may have changed; throws when the caller is cancelled.
    Task<> change();

    net::any_io_executor executor;
    RedisTarget target;
    std::string name;  ///< Host and port for the log, without the password.
    redisAsyncContext* context = nullptr;
    std::atomic<bool> is_up = false;  // Others may ask whether it is.
    bool is_closed = false;
    std::string reason{};  ///< Why it is not up.
    std::size_t outstanding = 0;
    net::steady_timer changed;  ///< Never expires: cancelled to wake all who wait for a change.
    net::cancellation_signal stop{};
};

/// Makes `fresh` the connection's: its readiness comes from Asio, its end is reported to gone().
bool Redis::Connection::adopt(redisAsyncContext* fresh) {
    if (fresh == nullptr || fresh->err != 0) {
        reason = fresh == nullptr ? "no memory" : fresh->errstr;
        if (fresh != nullptr) redisAsyncFree(fresh);
        return false;
    }
    context = fresh;
    fresh->data = this;
    fresh->ev.data =
        new ReadinessPointer{std::make_shared<Readiness>(executor, fresh)};  // hiredis' reference; deleted in cleanup.
    fresh->ev.addRead = [](void* data) {
        readiness(data)->wants_read = true;
        Readiness::read_when_ready(readiness(data));
    };
    fresh->ev.delRead = [](void* data) { readiness(data)->wants_read = false; };
    fresh->ev.addWrite = [](void* data) {
        readiness(data)->wants_write = true;
        Readiness::write_when_ready(readiness(data));
    };
    fresh->ev.delWrite = [](void* data) { readiness(data)->wants_write = false; };
    fresh->ev.cleanup = [](void* data) {
        const std::unique_ptr<ReadinessPointer> held{static_cast<ReadinessPointer*>(data)};
        auto* const ended = std::exchange((*held)->context, nullptr);
        (*held)->socket.release();  // hiredis closes the descriptor itself.
        static_cast<Connection*>(ended->data)->gone();
    };
    redisAsyncSetConnectCallback(fresh, [](const redisAsyncContext* of, int status) {
        if (status != REDIS_OK) static_cast<Connection*>(of->data)->reason = of->c.errstr;
    });
    redisAsyncSetDisconnectCallback(fresh, [](const redisAsyncContext* of, int status) {
        if (status != REDIS_OK) static_cast<Connection*>(of->data)->reason = of->errstr;
    });
    return true;
}

void Redis::Connection::drop(const char* why) {
    if (context == nullptr) return;
    reason = why;
    redisAsyncFree(context);  // Answers every owed call with null, then calls cleanup.
}

Task<> Redis::Connection::change() {
    co_await changed.async_wait(as_value);
    const auto cancellation = co_await net::this_coro::cancellation_state;
    if (cancellation.cancelled() != net::cancellation_type::none)
        throw boost::system::system_error{net::error::operation_aborted};
}

void Redis::Connection::send(const Command& command, const CallPointer& call) {
    std::vector<const char*> words;
    std::vector<std::size_t> lengths;
    for (const auto& word : command) {
        words.push_back(word.data());
        lengths.push_back(word.size());
    }
    const auto on_reply = [](redisAsyncContext* of, void* reply, void* owed) {
        const std::unique_ptr<CallPointer> held{static_cast<CallPointer*>(owed)};
        --static_cast<Connection*>(of->data)->outstanding;
        (*held)->answer(static_cast<const redisReply*>(reply));
    };
    auto owed = std::make_unique<CallPointer>(call);
    const auto taken =
        redisAsyncCommandArgv(context, on_reply, owed.get(), static_cast<int>(words.size()), words.data(), lengths.data());
    if (taken != REDIS_OK) {
        call->answer(nullptr);
        return;
    }
    owed.release();  // on_reply deletes it.
    ++outstanding;
}

Task<Result<std::vector<Reply>>> Redis::Connection::exchange(std::shared_ptr<Connection> self, std::vector<Command> commands,
                                                             Milliseconds within) {
    const auto call = std::make_shared<Call>(self->executor, commands.size());
    for (const auto& command : commands) {
        if (self->context == nullptr)
            call->lost = true;
        else
            self->send(command, call);
    }
    call->finished.expires_after(within);
    if (!call->lost && !call->is_complete()) co_await call->finished.async_wait(as_value);
    if (!call->lost && call->is_complete()) co_return std::move(call->replies);
    if (call->lost) co_return std::unexpected{lost_before_answer()};
    const auto cancellation = co_await net::this_coro::cancellation_state;
    if (cancellation.cancelled() != net::cancellation_type::none)
        throw boost::system::system_error{net::error::operation_aborted};
    self->drop("no answer in time");
    co_return failed(Code::Timeout,
                     "Redis did not answer within " + std::to_string(within.count()) + " ms: whether it was done is not known");
}

Task<Result<std::vector<Reply>>> Redis::Connection::ask(std::shared_ptr<Connection> self, std::vector<Command> commands,
                                                        Milliseconds within) {
    if (commands.empty()) co_return std::vector<Reply>{};
    if (!self->is_up) co_return failed(Code::Unavailable, "Redis at " + self->name + " is away: " + self->reason);
    if (self->outstanding + commands.size() > most_outstanding)
        co_return failed(Code::Overflow, "too many commands wait for Redis");
    co_return co_await exchange(self, std::move(commands), within);
}

Task<std::string> Redis::Connection::resolve(std::shared_ptr<Connection> self) {
    boost::system::error_code is_name;
    const auto literal = net::ip::make_address(self->target.host, is_name);
    if (!is_name) co_return literal.to_string();
    net::ip::tcp::resolver resolver{self->executor};
    const auto [error, found] = co_await resolver.async_resolve(self->target.host, "", as_value);
    if (error || found.empty()) {
        self->reason = self->target.host + ": " + error.message();
        co_return std::string{};
    }
    co_return found.begin()->endpoint().address().to_string();
}

Task<bool> Redis::Connection::connect(std::shared_ptr<Connection> self) {
    if (self->target.unix_path.empty()) {
        const auto address = co_await resolve(self);
        if (address.empty() || !self->adopt(redisAsyncConnect(address.c_str(), self->target.port))) co_return false;
    } else if (!self->adopt(redisAsyncConnectUnix(self->target.unix_path.c_str()))) {
        co_return false;
    }
    const auto greeted = co_await exchange(self, self->target.greeting, answered_within);
    if (!greeted) co_return false;
    for (const auto& reply : *greeted) {
        if (!reply.is_failure()) continue;
        self->drop("refused");
        self->reason = reply.text;
        co_return false;
    }
    self->is_up = self->context != nullptr;
    if (self->is_up) self->changed.cancel();
    co_return self->is_up;
}

Task<> Redis::Connection::keep(std::shared_ptr<Connection> self) {
    Backoff backoff{Milliseconds{50}, Milliseconds{2'000}};
    bool was_up = true;  // The first failure is told once; the tries after it only to a developer.
    for (;;) {
        const bool is_connected = co_await connect(self);
        if (is_connected) {
            backoff.reset();
            was_up = true;
            log::info("store.connected", {{"redis", self->name}});
            while (self->context != nullptr) co_await self->change();
        }
        const auto wait = backoff.next(crypto::random_u32());
        if (std::exchange(was_up, false))
            log::warn("store.lost", {{"redis", self->name}, {"retry_in_ms", wait.count()}, {"reason", self->reason}});
        else
            log::debug("store.away", {{"redis", self->name}, {"retry_in_ms", wait.count()}, {"reason", self->reason}});
        co_await after(wait);
    }
}

Redis::Redis(net::any_io_executor executor, RedisAddress address) {
    auto target = parse_redis_address(address.url);
    if (!target) throw Fatal{std::move(target).error().in("a Redis URL is wrong"), Exit::Configuration};
    auto name = target->unix_path.empty() ? target->host + ":" + std::to_string(target->port) : target->unix_path;
    connection_ = std::make_shared<Connection>(std::move(executor), *std::move(target), std::move(name));
    connection_->reason = "not connected yet";
    net::co_spawn(connection_->executor, Connection::keep(connection_),
                  net::bind_cancellation_slot(connection_->stop.slot(), [held = connection_](const std::exception_ptr& failure) {
                      // Only the end of this object ends it; anything else ends the process.
                      if (failure && !held->is_closed) std::rethrow_exception(failure);
                  }));
}

Redis::~Redis() {
    connection_->is_closed = true;
    connection_->stop.emit(net::cancellation_type::terminal);
    connection_->drop("closed");
}

bool Redis::connected() const noexcept { return connection_->is_up; }

Task<> Redis::ready() {
    const auto connection = connection_;
    while (!connection->is_up) co_await connection->change();
}

Task<Result<Reply>> Redis::run(Command command) { return run_blocking(std::move(command), Milliseconds{0}); }

Task<Result<Reply>> Redis::run_blocking(Command command, Milliseconds at_most) {
    std::vector<Command> one;
    one.push_back(std::move(command));
    auto replies = co_await Connection::ask(connection_, std::move(one), answered_within + at_most);
    if (!replies) co_return std::unexpected{std::move(replies).error()};
    auto& reply = replies->front();
    if (reply.is_failure()) co_return failed(Code::Internal, "Redis refused: " + reply.text);
    co_return std::move(reply);
}

Task<Result<std::vector<Reply>>> Redis::pipeline(std::vector<Command> commands) {
    return Connection::ask(connection_, std::move(commands), answered_within);
}

Task<Result<std::vector<Reply>>> Redis::transaction(std::vector<Command> commands) {
    if (commands.empty()) co_return std::vector<Reply>{};
    commands.insert(commands.begin(), Command{"MULTI"});
    commands.push_back(Command{"EXEC"});
    auto replies = co_await Connection::ask(connection_, std::move(commands), answered_within);
    if (!replies) co_return replies;
    auto& done = replies->back();
    if (done.kind == Reply::Kind::Array) co_return std::move(done.elements);
    if (done.is_nil()) co_return failed(Code::Conflict, "a watched key changed");
    for (const auto& reply : *replies) {  // The first refusal says more than EXECABORT does.
        if (reply.is_failure()) co_return failed(Code::Internal, "Redis refused: " + reply.text);
    }
    co_return failed(Code::Internal, "Redis answered EXEC with something else");
}

}  // namespace vivi::store
