// One GraphQL service: prepares a request (cached), runs it, writes the response.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/graphql/error.hpp"
#include "server/graphql/guard.hpp"
#include "server/graphql/resolvers.hpp"
#include "server/graphql/schema.hpp"
#include "server/graphql/value.hpp"

namespace vivi::graphql {

/// Bounds on what a stranger may ask; every refusal has its extensions.code. Zero: no bound.
struct Limits {
    std::size_t tokens = 2'000;  ///< TOO_MANY_TOKENS
    std::size_t nesting = 64;    ///< NESTED_TOO_DEEPLY: brackets in the text
    std::size_t depth = 12;      ///< QUERY_TOO_DEEP: fields below each other, fragments followed
    std::size_t introspection_depth = 15;
    std::size_t aliases = 30;            ///< TOO_MANY_ALIASES
    std::size_t root_fields = 20;        ///< TOO_MANY_ROOT_FIELDS
    std::size_t directives = 50;         ///< TOO_MANY_DIRECTIVES
    std::size_t cost = 5'000;            ///< QUERY_TOO_EXPENSIVE: objects a response may hold, lists counted by `first` or `last`
    std::size_t assumed_list_size = 10;  ///< For lists without such an argument.
    std::size_t variables_depth = 32;    ///< VARIABLES_TOO_DEEP
    std::size_t errors = 20;             ///< Entries of `errors`; the rest is dropped.
    std::size_t cached_documents = 1'000;
    Milliseconds deadline{5'000};  ///< DEADLINE_EXCEEDED
};

struct Options {
    Limits limits{};
    bool has_introspection = true;  ///< Off: __schema and __type are refused, INTROSPECTION_DISABLED.
    /// Told what FieldError::cause hides from clients, with the path: the place to log.
    std::function<void(std::string_view path, const FieldError&)> on_hidden_error{};
    /// Null: everybody may use every field.
    std::shared_ptr<const Guard> guard{};  // Shared: options are copied.
};

/// A request as any transport delivers it (section 6.1).
struct Request {
    std::string query{};
    std::string operation_name{};  ///< Empty: the only operation.
    Fields variables{};
    /// The name of a document, with or instead of its text; the transport puts the text in its place (server/transport/documents).
    std::string document_id{};
};

/// A whole response, already JSON.
struct Response {
    std::string body{};
    bool has_data = false;  ///< `data` is there and not null.
    bool has_errors = false;
};

/// What stopped a request before it ran. render() makes the response, which has no `data` (section 7.1.1).
struct Refusal {
    Stage stage = Stage::Parse;
    std::vector<RequestError> errors{};
};
std::string render(const Refusal& refusal);
/// Only the array, for transports that have their own envelope.
std::string render_errors(const std::vector<RequestError>& errors);

enum class OperationType : std::uint8_t { Query, Mutation, Subscription };

class PreparedOperation;  // plan.hpp
class ExecutionPlanCache;

/// A request that may run: parsed, valid, its operation chosen, its variables coerced. Cheap to copy.
class Operation {
public:
    explicit Operation(std::shared_ptr<const PreparedOperation> prepared);
    OperationType type() const noexcept;
    std::string_view name() const noexcept;
    const PreparedOperation& prepared() const noexcept { return *prepared_; }

private:
    std::shared_ptr<const PreparedOperation>
        prepared_;  // Shared: responses of a subscription refer to it after the request is gone.
};

/// The responses of a subscription, in order (section 6.2.3.2).
class ResponseStream {
public:
    virtual ~ResponseStream() = default;
    /// The next response; null when the source has ended. A source that failed gives one last response with its error.
    virtual Task<std::shared_ptr<const Response>> next() = 0;  // Shared by equal subscriptions (shared_looks.hpp).
};

class Engine {
public:
    /// Binds resolvers to the schema. Invalid, one line a problem: a field without resolver, a resolver without field, …
    static Result<std::unique_ptr<Engine>> make(Schema schema, const Resolvers& resolvers, Options options = {});
    ~Engine();

    /// Section 5 and 6.1 up to execution; synchronous, cached by document.
    std::expected<Operation, Refusal> prepare(const Request& request);
    /// Runs a query or a mutation (section 6.2.1, 6.2.2). `context` outlives the returned task.
    Task<Response> execute(Operation operation, Context& context);
    /// Opens a subscription (section 6.2.3); a Response with errors when its source refuses. `context` outlives the stream.
    Task<std::expected<std::unique_ptr<ResponseStream>, Response>> subscribe(Operation operation, Context& context);

    const Schema& schema() const noexcept;

    /// Looks of shared sources since the start: those that ran, and those that another subscription's served.
    struct SharedCounts {
        std::uint64_t looked = 0, shared = 0;
    };
    SharedCounts shared_counts() const noexcept;

    struct Parts;

private:
    explicit Engine(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace vivi::graphql
