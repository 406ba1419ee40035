// Rules about documents and operations: sections 5.1 and 5.2.
// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>

#include "server/graphql/rules.hpp"

namespace vivi::graphql {
namespace {

/// Section 5.1.1.
class ExecutableDefinitions : public Rule {
    using Rule::Rule;
    void document() override {
        for (const auto place : at.document.type_system) at.report("A definition of the type system is not executable.", {place});
    }
};

/// Section 5.2.1.1, new in September 2025.
class OperationTypeExistence : public Rule {
    using Rule::Rule;
    void enter(const ast::Operation& operation) override {
        if (operation.type == ast::Operation::Type::Mutation && !at.schema.mutation)
            at.report("The schema has no mutations.", {operation.at});
        if (operation.type == ast::Operation::Type::Subscription && !at.schema.subscription)
            at.report("The schema has no subscriptions.", {operation.at});
    }
};

/// Section 5.2.2.1.
class OperationNameUniqueness : public Rule {
    using Rule::Rule;
    void enter(const ast::Operation& operation) override {
        if (!operation.name) return;
        const auto [first, is_new] = names_.emplace(operation.name->text, operation.name->at);
        if (!is_new)
            at.report("There can be only one operation named " + quoted(operation.name->text) + ".",
                      {first->second, operation.name->at});
    }
    std::map<std::string_view, ast::Position> names_;
};

/// Section 5.2.3.1.
class LoneAnonymousOperation : public Rule {
    using Rule::Rule;
    void enter(const ast::Operation& operation) override {
        if (!operation.name && at.document.operations.size() > 1)
            at.report("An anonymous operation must be the only defined operation.", {operation.at});
    }
};

/// Section 5.2.4.1: one root field, not an introspection field, and none that @skip or @include may take away.
class SingleRootField : public Rule {
    using Rule::Rule;
    void enter(const ast::Operation& operation) override {
        if (operation.type != ast::Operation::Type::Subscription || !at.schema.subscription) return;
        keys_.clear();
        seen_.clear();
        collect(operation.set, operation);
        if (keys_.size() > 1) at.report("A subscription must select only one root field.", {operation.at});
    }

    // CollectSubscriptionFields: type conditions matter only if they can be the subscription type, which no union or other object
    // is.
    void collect(const ast::SelectionSet& set, const ast::Operation& operation) {
        for (const auto& selection : set.items) {
            for (const auto& directive : selection.directives)
                if (directive.name.text == "skip" || directive.name.text == "include")
                    at.report("@" + std::string{directive.name.text} + " is not allowed on the root of a subscription.",
                              {directive.at});
            switch (selection.kind) {
                case ast::Selection::Kind::Field:
                    if (keys_.insert(selection.response_key()).second && selection.name.text.starts_with("__"))
                        at.report("A subscription must not select an introspection field as its root.", {selection.at});
                    break;
                case ast::Selection::Kind::Spread: {
                    const auto* fragment = at.fragment(selection.name.text);
                    if (fragment && seen_.insert(fragment).second && applies(fragment->condition.text))
                        collect(fragment->set, operation);
                    break;
                }
                case ast::Selection::Kind::Inline:
                    if (!selection.condition || applies(selection.condition->text)) collect(selection.set, operation);
                    break;
            }
        }
    }
    bool applies(std::string_view condition) const {
        const auto* type = at.schema.type(condition);
        return type && at.schema.is_possible(*type, *at.schema.subscription);
    }

    std::set<std::string_view> keys_;
    std::set<const ast::Fragment*> seen_;
};

}  // namespace

void add_operation_rules(Examination& at, Rules& rules) {
    rules.push_back(std::make_unique<ExecutableDefinitions>(at));
    rules.push_back(std::make_unique<OperationTypeExistence>(at));
    rules.push_back(std::make_unique<OperationNameUniqueness>(at));
    rules.push_back(std::make_unique<LoneAnonymousOperation>(at));
    rules.push_back(std::make_unique<SingleRootField>(at));
}

}  // namespace vivi::graphql
