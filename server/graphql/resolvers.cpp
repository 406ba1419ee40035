// Collecting registrations; they are checked when an engine is made.
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/resolvers.hpp"

namespace vivi::graphql {

Resolvers& Resolvers::property(std::string type, std::string field, Property resolve) {
    registrations_.push_back({std::move(type), std::move(field), std::move(resolve)});
    return *this;
}

Resolvers& Resolvers::batch(std::string type, std::string field, Batch resolve) {
    registrations_.push_back({std::move(type), std::move(field), std::move(resolve)});
    return *this;
}

Resolvers& Resolvers::stream(std::string field, Stream open) {
    streams_.emplace_back(std::move(field), std::move(open));
    return *this;
}

Resolvers& Resolvers::scalar(std::string type, Scalar hooks) {
    scalars_.insert_or_assign(std::move(type), std::move(hooks));
    return *this;
}

Resolvers& Resolvers::otherwise(AnyProperty resolve) {
    any_ = std::move(resolve);
    return *this;
}

Task<std::expected<std::optional<Value>, FieldError>> SharedSource::next() {
    for (;;) {
        const auto reason = co_await wait();
        if (!reason) co_return std::unexpected{reason.error()};
        auto event = co_await look();
        if (!event || *event) co_return event;
    }
}

}  // namespace vivi::graphql
