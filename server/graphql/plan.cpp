// Collecting fields (section 6.3.2) at compile time.
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/plan.hpp"

#include <algorithm>
#include <set>

#include "server/graphql/coerce.hpp"
#include "server/graphql/json.hpp"

namespace vivi::graphql {
namespace {

/// Fragments multiply; what they expand to has a bound of its own.
constexpr std::size_t max_plan_fields = 20'000;

bool has_variable(const ast::Literal& literal) {
    return literal.kind == ast::Literal::Kind::Variable || std::any_of(literal.items.begin(), literal.items.end(), has_variable);
}

LeafKind leaf_kind(const NamedType& type) {
    if (type.kind == Kind::Enum) return LeafKind::Enum;
    if (type.kind != Kind::Scalar) return LeafKind::None;
    if (!type.is_builtin) return LeafKind::Custom;
    if (type.name == "Int") return LeafKind::Int;
    if (type.name == "Float") return LeafKind::Float;
    if (type.name == "Boolean") return LeafKind::Boolean;
    return type.name == "ID" ? LeafKind::Id : LeafKind::String;
}

class Compiler {
public:
    Compiler(const Schema& schema, const Bindings& bindings, const CachedDocument& document, const Fields& variables,
             const Guard* guard)
        : schema_{schema}, bindings_{bindings}, document_{document}, variables_{variables}, guard_{guard} {
        for (const auto& fragment : document.document.fragments) fragments_.emplace(fragment.name.text, &fragment);
    }

    std::expected<std::shared_ptr<const Plan>, RequestError> run(const ast::Operation& operation) {
        const NamedType* root = schema_.query;
        if (operation.type == ast::Operation::Type::Mutation) root = schema_.mutation;
        if (operation.type == ast::Operation::Type::Subscription) root = schema_.subscription;
        plan_ = std::make_shared<Plan>();
        plan_->root = object(*root, {&operation.set});
        if (error_) return std::unexpected{*std::move(error_)};
        return plan_;
    }

private:
    /// The fields of the document behind one response key, in the order they were found.
    struct Group {
        std::string_view key{};
        std::vector<const ast::Selection*> fields{};
    };
    struct Collection {
        std::vector<Group> groups{};
        std::map<std::string_view, std::size_t> index{};
        std::set<const ast::Fragment*> visited{};
    };

    void fail(std::string message, ast::Position place, std::string code) {
        if (!error_) error_ = RequestError{std::move(message), {ast::locate(document_.source, place)}, std::move(code)};
    }

    ObjectPlan object(const NamedType& type, const std::vector<const ast::SelectionSet*>& sets) {
        Collection collection;
        for (const auto* set : sets) collect(type, *set, collection);
        ObjectPlan result{.type = &type};
        result.fields.reserve(collection.groups.size());
        for (const auto& group : collection.groups) {
            if (error_) break;
            if (++count_ > max_plan_fields)
                fail("The operation selects too many fields.", group.fields[0]->at, "QUERY_TOO_EXPENSIVE");
            result.fields.push_back(field(type, group));
        }
        return result;
    }

    // CollectFields, section 6.3.2.
    void collect(const NamedType& type, const ast::SelectionSet& set, Collection& collection) {
        for (const auto& selection : set.items) {
            if (error_ || !is_included(selection)) continue;
            switch (selection.kind) {
                case ast::Selection::Kind::Field: {
                    const auto [found, is_new] = collection.index.emplace(selection.response_key(), collection.groups.size());
                    if (is_new) collection.groups.push_back({.key = selection.response_key()});
                    collection.groups[found->second].fields.push_back(&selection);
                    break;
                }
                case ast::Selection::Kind::Spread: {
                    const auto* fragment = fragments_.at(selection.name.text);
                    if (collection.visited.insert(fragment).second && applies(fragment->condition.text, type))
                        collect(type, fragment->set, collection);
                    break;
                }
                case ast::Selection::Kind::Inline:
                    if (!selection.condition || applies(selection.condition->text, type))
                        collect(type, selection.set, collection);
                    break;
            }
        }
    }

    bool applies(std::string_view condition, const NamedType& type) const {
        const auto* wanted = schema_.type(condition);
        return wanted && schema_.is_possible(*wanted, type);
    }

    bool is_included(const ast::Selection& selection) {
        for (const auto& directive : selection.directives) {
            const bool is_skip = directive.name.text == "skip";
            if (!is_skip && directive.name.text != "include") continue;
            const auto values = coerce_arguments(schema_.directive(directive.name.text)->arguments, directive.arguments,
                                                 variables_, document_.source);
            if (!values || !(*values)["if"].is_boolean()) {
                fail("Argument \"if\" of \"@" + std::string{directive.name.text} + "\" must not be null.", directive.at,
                     "BAD_USER_INPUT");
                return false;
            }
            if ((*values)["if"].boolean() == is_skip) return false;
        }
        return true;
    }

    FieldPlan field(const NamedType& parent, const Group& group) {
        const auto& first = *group.fields[0];
        FieldPlan result{.key = std::string{group.key}, .json_key = ",", .parent = &parent, .arguments = &first.arguments};
        append_json_string(result.json_key, group.key);
        result.json_key += ':';
        result.definition = schema_.field(parent, first.name.text);
        for (const auto* use : group.fields) result.places.push_back(use->at);
        if (result.definition == &schema_.typename_field()) {
            result.leaf = LeafKind::Typename;
        } else if (&parent != schema_.subscription) {
            result.bound = &bindings_.fields[result.definition->index];
            if (result.bound->batch) plan_->can_wait = true;
        }
        if (!std::any_of(first.arguments.begin(), first.arguments.end(),
                         [](const auto& argument) { return has_variable(argument.value); })) {
            auto values = coerce_arguments(result.definition->arguments, first.arguments, {}, document_.source);
            if (values) result.constant_arguments = std::make_unique<const Arguments>(*std::move(values));
        }
        const bool is_meta = result.definition->name.starts_with("__") || parent.is_builtin;
        if (guard_ && !is_meta) result.is_guarded = guard_->is_asked(above_, {&parent, result.definition});
        const auto& type = *result.definition->type.named;
        if (result.leaf == LeafKind::None) result.leaf = leaf_kind(type);
        if (!type.is_composite()) return result;

        above_.push_back({&parent, result.definition});
        std::vector<const ast::SelectionSet*> sets;  // MergeSelectionSets, section 6.4.3.
        for (const auto* use : group.fields) sets.push_back(&use->set);
        const auto add = [&](const NamedType& object_type) {
            result.below.push_back(std::make_unique<const ObjectPlan>(object(object_type, sets)));
        };
        if (!type.is_abstract()) add(type);
        for (const auto* possible : type.possible)
            if (!error_) add(*possible);
        above_.pop_back();
        return result;
    }

    const Schema& schema_;
    const Bindings& bindings_;
    const CachedDocument& document_;
    const Fields& variables_;
    const Guard* guard_;
    std::vector<GuardedField> above_;  ///< The fields that lead to the one being compiled.
    std::map<std::string_view, const ast::Fragment*> fragments_;
    std::shared_ptr<Plan> plan_;
    std::size_t count_ = 0;
    std::optional<RequestError> error_;
};

void find_switches(const ast::SelectionSet& set, std::set<std::string_view>& found) {
    for (const auto& selection : set.items) {
        for (const auto& directive : selection.directives)
            if (directive.name.text == "skip" || directive.name.text == "include")
                for (const auto& argument : directive.arguments)
                    if (argument.value.kind == ast::Literal::Kind::Variable) found.insert(argument.value.raw);
        if (selection.has_set) find_switches(selection.set, found);
    }
}

}  // namespace

const ObjectPlan* FieldPlan::for_type(const NamedType& type) const {
    for (const auto& plan : below)
        if (plan->type == &type) return plan.get();
    return nullptr;
}

std::expected<std::shared_ptr<const Plan>, RequestError> compile(const Schema& schema, const Bindings& bindings,
                                                                 const CachedDocument& document, const ast::Operation& operation,
                                                                 const Fields& variables, const Guard* guard) {
    return Compiler{schema, bindings, document, variables, guard}.run(operation);
}

std::vector<std::string_view> find_switches(const ast::Document& document) {
    std::set<std::string_view> found;
    for (const auto& operation : document.operations) find_switches(operation.set, found);
    for (const auto& fragment : document.fragments) find_switches(fragment.set, found);
    return {found.begin(), found.end()};
}

}  // namespace vivi::graphql
