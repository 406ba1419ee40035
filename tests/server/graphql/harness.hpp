// Runs operations of a small engine to their end, on a loop of its own.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <memory>
#include <optional>
#include <string>

#include "server/graphql/engine.hpp"
#include "server/graphql/json.hpp"

namespace vivi::graphql::test {

template <class T>
T run(net::io_context& io, Task<T> task) {
    std::optional<T> result;
    net::co_spawn(io, std::move(task), [&](const std::exception_ptr& failure, T value) {
        if (failure) std::rethrow_exception(failure);
        result.emplace(std::move(value));
    });
    io.restart();
    io.run();
    return *std::move(result);
}

inline std::unique_ptr<Engine> make_engine(std::string_view sdl, const Resolvers& resolvers, Options options = {}) {
    auto schema = build_schema(sdl);
    EXPECT_TRUE(schema) << schema.error().detail;
    auto engine = Engine::make(*std::move(schema), resolvers, std::move(options));
    EXPECT_TRUE(engine) << engine.error().detail;
    return *std::move(engine);
}

/// The whole response, or what refused the request.
inline std::string answer(Engine& engine, std::string query, std::string_view variables = "{}", Context context = {}) {
    Request request{.query = std::move(query)};
    request.variables = parse_json(variables)->fields();
    const auto operation = engine.prepare(request);
    if (!operation) return render(operation.error());
    net::io_context io;
    return run(io, engine.execute(*operation, context)).body;
}

}  // namespace vivi::graphql::test
