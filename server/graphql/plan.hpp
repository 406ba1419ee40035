// A document compiled for execution: fields collected and merged (section 6.3) once for each type, not once for each object.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/graphql/bind.hpp"
#include "server/graphql/engine.hpp"

namespace vivi::graphql {

struct ObjectPlan;

/// How a leaf is written; decided once, so that results are not compared with type names.
enum class LeafKind : std::uint8_t { None, Typename, Int, Float, String, Boolean, Id, Enum, Custom };

/// One response key of one object type.
struct FieldPlan {
    std::string key{};
    std::string json_key{};  ///< `,"key":`
    const Field* definition = nullptr;
    const NamedType* parent = nullptr;
    const Bound* bound = nullptr;  ///< Null: __typename, or the root of a subscription.
    LeafKind leaf = LeafKind::None;
    bool is_guarded = false;                                 ///< Options::guard is asked at each step.
    const std::vector<ast::Argument>* arguments = nullptr;   ///< As written.
    std::unique_ptr<const Arguments> constant_arguments{};   ///< Set when no variable takes part.
    std::vector<ast::Position> places{};                     ///< Every field of the document that was merged into this one.
    std::vector<std::unique_ptr<const ObjectPlan>> below{};  ///< One for each object type that may stand here.

    const ObjectPlan* for_type(const NamedType& type) const;
};

/// What to do for objects of one type.
struct ObjectPlan {
    const NamedType* type = nullptr;
    std::vector<FieldPlan> fields{};
};

/// One operation with @skip and @include decided.
struct Plan {
    ObjectPlan root{};
    bool can_wait = false;  ///< Some field is a batch.
};

/// A document that may run, shared by all requests that send it.
struct CachedDocument {
    std::string source{};
    ast::Document document{};
    std::vector<std::string_view> switches{};                    ///< Variables that @skip and @include look at.
    std::map<std::string, std::shared_ptr<const Plan>> plans{};  ///< By operation and the switches' values; bounded.
};

class PreparedOperation {
public:
    std::shared_ptr<const CachedDocument> document{};  // Shared with the cache, which may forget it first.
    const ast::Operation* operation = nullptr;
    std::shared_ptr<const Plan> plan{};  // Shared with the document.
    Fields variables{};
};

/// Compiles one operation. `variables` decide the switches and nothing else; `guard` may be null. The error is a problem of the
/// request.
std::expected<std::shared_ptr<const Plan>, RequestError> compile(const Schema& schema, const Bindings& bindings,
                                                                 const CachedDocument& document, const ast::Operation& operation,
                                                                 const Fields& variables, const Guard* guard);

/// The variables that @skip and @include look at, anywhere in the document.
std::vector<std::string_view> find_switches(const ast::Document& document);

}  // namespace vivi::graphql
