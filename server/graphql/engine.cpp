// Preparing requests and running operations.
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/engine.hpp"

#include <algorithm>

#include "server/graphql/bind.hpp"
#include "server/graphql/cache.hpp"
#include "server/graphql/coerce.hpp"
#include "server/graphql/execution.hpp"
#include "server/graphql/json.hpp"
#include "server/graphql/limits.hpp"
#include "server/graphql/parser.hpp"
#include "server/graphql/plan.hpp"
#include "server/graphql/shared_looks.hpp"
#include "server/graphql/validate.hpp"

namespace vivi::graphql {
namespace {

/// A document's text is a small part of what it costs in memory.
constexpr std::size_t cached_bytes = 2 * 1024 * 1024;
constexpr std::size_t plans_per_document = 8;

std::unexpected<Refusal> refuse(Stage stage, std::vector<RequestError> errors) {
    return std::unexpected{Refusal{stage, std::move(errors)}};
}
std::unexpected<Refusal> refuse(Stage stage, RequestError error) { return refuse(stage, std::vector{std::move(error)}); }

}  // namespace

std::string render_errors(const std::vector<RequestError>& errors) {
    std::string out = "[";
    for (const auto& error : errors) {
        if (out.size() > 1) out += ',';
        out += "{\"message\":";
        append_json_string(out, error.message);
        if (!error.locations.empty()) {
            out += ",\"locations\":[";
            for (const auto& location : error.locations) {
                if (out.back() == '}') out += ',';
                out += "{\"line\":" + std::to_string(location.line) + ",\"column\":" + std::to_string(location.column) + "}";
            }
            out += ']';
        }
        out += ",\"extensions\":{\"code\":";
        append_json_string(out, error.code);
        out += "}}";
    }
    return out + "]";
}

std::string render(const Refusal& refusal) { return "{\"errors\":" + render_errors(refusal.errors) + "}"; }

Operation::Operation(std::shared_ptr<const PreparedOperation> prepared) : prepared_{std::move(prepared)} {}

OperationType Operation::type() const noexcept { return static_cast<OperationType>(prepared_->operation->type); }

std::string_view Operation::name() const noexcept {
    return prepared_->operation->name ? prepared_->operation->name->text : std::string_view{};
}

/// Everything an engine holds; bindings and plans point into it, so it stays where it is.
struct Engine::Parts {
    Parts(Schema the_schema, Options the_options)
        : schema{std::move(the_schema)}, options{std::move(the_options)}, cache{options.limits.cached_documents, cached_bytes} {}

    Schema schema;
    Options options;
    Bindings bindings{};
    DocumentCache cache;
    SharedLooks shared{};

    std::expected<std::shared_ptr<CachedDocument>, Refusal> document(const std::string& source);
    std::expected<const ast::Operation*, Refusal> choose(const CachedDocument& document, std::string_view name) const;
    std::expected<std::shared_ptr<const Plan>, Refusal> plan(CachedDocument& document, const ast::Operation& operation,
                                                             const Fields& variables) const;
};

Engine::Engine(std::unique_ptr<Parts> parts) : parts_{std::move(parts)} {}
Engine::~Engine() = default;
const Schema& Engine::schema() const noexcept { return parts_->schema; }
Engine::SharedCounts Engine::shared_counts() const noexcept { return {parts_->shared.looked(), parts_->shared.shared()}; }

Result<std::unique_ptr<Engine>> Engine::make(Schema schema, const Resolvers& resolvers, Options options) {
    auto parts = std::make_unique<Parts>(std::move(schema), std::move(options));
    auto bindings = bind(parts->schema, resolvers);
    if (!bindings) return std::unexpected{std::move(bindings).error()};
    parts->bindings = *std::move(bindings);
    return std::unique_ptr<Engine>{new Engine{std::move(parts)}};
}

std::expected<std::shared_ptr<CachedDocument>, Refusal> Engine::Parts::document(const std::string& source) {
    if (auto known = cache.find(source)) return known;
    auto fresh = std::make_shared<CachedDocument>();
    fresh->source = source;
    auto parsed = parse(fresh->source, {.tokens = options.limits.tokens, .nesting = options.limits.nesting});
    if (!parsed) return refuse(Stage::Parse, std::move(parsed).error());
    fresh->document = *std::move(parsed);
    auto problems = validate(schema, fresh->document, fresh->source, options.limits.errors);
    if (!problems.empty()) return refuse(Stage::Validate, std::move(problems));
    if (auto over = check_limits(fresh->document, fresh->source, options)) return refuse(Stage::Validate, *std::move(over));
    fresh->switches = find_switches(fresh->document);
    cache.add(fresh);
    return fresh;
}

// GetOperation, section 6.1.
std::expected<const ast::Operation*, Refusal> Engine::Parts::choose(const CachedDocument& document, std::string_view name) const {
    const auto& operations = document.document.operations;
    if (name.empty()) {
        if (operations.size() == 1) return &operations[0];
        return refuse(Stage::Operation,
                      {"Must provide an operation name: the document has " + std::to_string(operations.size()) + ".",
                       {},
                       "OPERATION_RESOLUTION_FAILURE"});
    }
    for (const auto& operation : operations)
        if (operation.name && operation.name->text == name) return &operation;
    return refuse(Stage::Operation,
                  {"Unknown operation named \"" + std::string{name} + "\".", {}, "OPERATION_RESOLUTION_FAILURE"});
}

std::expected<std::shared_ptr<const Plan>, Refusal> Engine::Parts::plan(CachedDocument& document, const ast::Operation& operation,
                                                                        const Fields& variables) const {
    std::string key = std::to_string(&operation - document.document.operations.data()) + ":";
    for (const auto name : document.switches) key += variables[name].is_boolean() ? (variables[name].boolean() ? '1' : '0') : '-';
    if (const auto known = document.plans.find(key); known != document.plans.end()) return known->second;
    auto compiled = compile(schema, bindings, document, operation, variables, options.guard.get());
    if (!compiled) return refuse(Stage::Variables, std::move(compiled).error());
    if (document.plans.size() >= plans_per_document) document.plans.clear();
    document.plans.emplace(std::move(key), *compiled);
    return *compiled;
}

std::expected<Operation, Refusal> Engine::prepare(const Request& request) {
    auto document = parts_->document(request.query);
    if (!document) return std::unexpected{std::move(document).error()};
    const auto operation = parts_->choose(**document, request.operation_name);
    if (!operation) return std::unexpected{operation.error()};
    const auto& limits = parts_->options.limits;
    auto variables = coerce_variables(parts_->schema, **operation, request.variables, (*document)->source,
                                      {.depth = limits.variables_depth, .errors = limits.errors});
    if (!variables) return refuse(Stage::Variables, std::move(variables).error());
    auto plan = parts_->plan(**document, **operation, *variables);
    if (!plan) return std::unexpected{std::move(plan).error()};
    if (auto over = check_cost(**plan, *variables, (*document)->source, limits)) return refuse(Stage::Validate, *std::move(over));

    auto prepared = std::make_shared<PreparedOperation>();
    prepared->document = *document;
    prepared->operation = *operation;
    prepared->plan = *std::move(plan);
    prepared->variables = *std::move(variables);
    return Operation{std::move(prepared)};
}

namespace {

/// False when `body` was cancelled because it took longer; what it throws by itself is rethrown. Zero: no deadline.
Task<bool> ends_within(Task<> body, Milliseconds deadline) {
    using namespace net::experimental::awaitable_operators;
    if (deadline == Milliseconds{0}) {
        co_await std::move(body);
        co_return true;
    }
    std::exception_ptr failure;
    const auto first = co_await (caught(std::move(body), failure) || after(deadline));
    if (first.index() == 1) co_return false;
    if (failure) std::rethrow_exception(failure);
    co_return true;
}

Response too_late(Milliseconds deadline) {
    const std::vector<RequestError> errors{
        {"The operation took longer than " + std::to_string(deadline.count()) + " ms.", {}, "DEADLINE_EXCEEDED"}};
    return {.body = "{\"errors\":" + render_errors(errors) + ",\"data\":null}", .has_data = false, .has_errors = true};
}

/// A plan without batches never waits, so it needs no timer.
Milliseconds deadline_of(const PreparedOperation& operation, const Limits& limits) {
    return operation.plan->can_wait ? limits.deadline : Milliseconds{0};
}

}  // namespace

Task<Response> Engine::execute(Operation operation, Context& context) {
    const auto& limits = parts_->options.limits;
    Execution execution{parts_->schema, parts_->options, operation.prepared(), context};
    if (!operation.prepared().plan->can_wait) {  // It needs no timer.
        co_await execution.run();
        co_return execution.response();
    }
    const bool is_done = co_await ends_within(execution.run(), limits.deadline);
    co_return is_done ? execution.response() : too_late(limits.deadline);
}

namespace {

std::shared_ptr<const Response> share(Response response) { return std::make_shared<const Response>(std::move(response)); }

/// MapSourceToResponseEvent, section 6.2.3.2.
class Responses : public ResponseStream {
public:
    Responses(const Schema& schema, const Options& options, Operation operation, Context& context, std::unique_ptr<Source> source)
        : schema_{schema}, options_{options}, operation_{std::move(operation)}, context_{context}, source_{std::move(source)} {}

    Task<std::shared_ptr<const Response>> next() override {
        if (!source_) co_return nullptr;
        auto event = co_await source_->next();
        if (event && *event) co_return co_await respond(**std::move(event));
        source_.reset();
        if (event) co_return nullptr;
        co_return failed(event.error());
    }

protected:
    Task<std::shared_ptr<const Response>> respond(Value value) {
        Execution execution{schema_, options_, operation_.prepared(), context_};
        const auto deadline = deadline_of(operation_.prepared(), options_.limits);
        const bool is_done = co_await ends_within(execution.run(std::move(value)), deadline);
        co_return share(is_done ? execution.response() : too_late(options_.limits.deadline));
    }
    std::shared_ptr<const Response> failed(const FieldError& error) const {
        Execution execution{schema_, options_, operation_.prepared(), context_};
        return share(execution.failed_at_root(error));
    }
    const PreparedOperation& prepared() const noexcept { return operation_.prepared(); }

private:
    const Schema& schema_;
    const Options& options_;
    Operation operation_;
    Context& context_;
    std::unique_ptr<Source> source_;
};

/// The same for a source that others may share.
class SharedResponses final : public Responses {
public:
    SharedResponses(Engine::Parts& parts, Operation operation, Context& context, std::unique_ptr<SharedSource> source)
        : Responses{parts.schema, parts.options, std::move(operation), context, nullptr},
          looks_{parts.shared},
          key_{shared_key(prepared())},
          source_{std::move(source)} {}

    Task<std::shared_ptr<const Response>> next() override {
        while (source_) {
            const auto reason = co_await source_->wait();
            if (!reason) {
                source_.reset();
                co_return failed(reason.error());
            }
            const std::function<Task<Look>()> look_here = [this] { return look(); };
            auto seen = co_await looks_.join(key_ + source_->standing(), prepared().plan, *reason, look_here);
            if (seen.is_over)
                source_.reset();
            else
                source_->move_to(seen.position);
            if (seen.response) co_return std::move(seen.response);
        }
        co_return nullptr;
    }

private:
    Task<Look> look() {
        auto event = co_await source_->look();
        Look look{.position = source_->position()};
        if (!event) {
            look.response = failed(event.error());
            look.is_over = true;
        } else if (*event) {
            look.response = co_await respond(**std::move(event));
        }
        co_return look;
    }

    SharedLooks& looks_;
    std::string key_;
    std::unique_ptr<SharedSource> source_;
};

std::unique_ptr<ResponseStream> stream_of(Engine::Parts& parts, Operation operation, Context& context,
                                          std::unique_ptr<Source> source) {
    if (auto* shared = dynamic_cast<SharedSource*>(source.get())) {
        source.release();
        return std::make_unique<SharedResponses>(parts, std::move(operation), context, std::unique_ptr<SharedSource>{shared});
    }
    return std::make_unique<Responses>(parts.schema, parts.options, std::move(operation), context, std::move(source));
}

}  // namespace

namespace {

using Opened = std::expected<std::unique_ptr<Source>, FieldError>;

// CreateSourceEventStream, section 6.2.3.1.
Task<> open(const Stream& stream, const Arguments& arguments, Context& context, Opened& source) {
    source = co_await stream(arguments, context);
}

}  // namespace

Task<std::expected<std::unique_ptr<ResponseStream>, Response>> Engine::subscribe(Operation operation, Context& context) {
    const auto& prepared = operation.prepared();
    const auto& field = prepared.plan->root.fields[0];
    Execution execution{parts_->schema, parts_->options, prepared, context};
    const auto refused = [&](const FieldError& error) { return std::unexpected{execution.failed_at_root(error)}; };
    if (const auto denied = execution.refuse_root()) co_return refused(*denied);
    auto values = coerce_arguments(field.definition->arguments, *field.arguments, prepared.variables, prepared.document->source);
    if (!values) co_return refused({values.error().message, values.error().code});
    const auto stream = parts_->bindings.streams.find(field.definition->name);
    if (stream == parts_->bindings.streams.end()) co_return refused({"This field has no stream.", "NOT_IMPLEMENTED"});
    const Arguments arguments{*std::move(values)};
    Opened source;
    if (!co_await ends_within(open(stream->second, arguments, context, source), parts_->options.limits.deadline))
        co_return std::unexpected{too_late(parts_->options.limits.deadline)};
    if (!source) co_return refused(source.error());
    co_return stream_of(*parts_, std::move(operation), context, *std::move(source));
}

}  // namespace vivi::graphql
