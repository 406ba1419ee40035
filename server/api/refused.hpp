// Payloads of mutations that did nothing: all they hold is why.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "server/graphql/value.hpp"

namespace vivi::api {

/// `problem`: what the payload's `errors` are a list of.
template <class Payload, class Problem = typename decltype(Payload::errors)::value_type>
graphql::Value refused(Problem problem) {
    Payload payload;
    payload.errors.push_back(std::move(problem));
    return graphql::Object::make(std::move(payload));
}

template <class Payload>
graphql::Value refused(std::string code, std::string message, std::string field) {
    Payload payload;
    payload.errors.push_back({.code = std::move(code), .message = std::move(message), .field = std::move(field)});
    return graphql::Object::make(std::move(payload));
}

}  // namespace vivi::api
