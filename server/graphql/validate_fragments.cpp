// Rules about fragments: section 5.5.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>

#include "server/graphql/rules.hpp"

namespace vivi::graphql {
namespace {

/// Calls `visit` for each spread in the set, not following them.
template <class Visit>
void each_spread(const ast::SelectionSet& set, Visit visit) {
    for (const auto& selection : set.items) {
        if (selection.kind == ast::Selection::Kind::Spread)
            visit(selection);
        else if (selection.has_set)
            each_spread(selection.set, visit);
    }
}

/// Section 5.5.1.1.
class FragmentNameUniqueness : public Rule {
    using Rule::Rule;
    void enter(const ast::Fragment& fragment) override {
        const auto [first, is_new] = names_.emplace(fragment.name.text, fragment.name.at);
        if (!is_new)
            at.report("There can be only one fragment named " + quoted(fragment.name.text) + ".",
                      {first->second, fragment.name.at});
    }
    std::map<std::string_view, ast::Position> names_;
};

/// Sections 5.5.1.2 and 5.5.1.3: the type exists, and is an object, interface or union.
class FragmentTypes : public Rule {
    using Rule::Rule;
    void enter(const ast::Fragment& fragment) override { check(fragment.condition); }
    void inline_fragment(const ast::Selection& selection, const NamedType*, const NamedType*) override {
        if (selection.condition) check(*selection.condition);
    }
    void check(const ast::Name& name) {
        const auto* type = at.schema.type(name.text);
        if (!type)
            at.report("Unknown type " + quoted(name.text) + ".", {name.at});
        else if (!type->is_composite())
            at.report("A fragment cannot condition on non composite type " + quoted(name.text) + ".", {name.at});
    }
};

/// Section 5.5.1.4.
class FragmentsMustBeUsed : public Rule {
    using Rule::Rule;
    void end() override {
        std::set<std::string_view> used;
        for (const auto& operation : at.document.operations) follow(operation.set, used);
        for (const auto& fragment : at.document.fragments)
            if (!used.contains(fragment.name.text))
                at.report("Fragment " + quoted(fragment.name.text) + " is never used.", {fragment.at});
    }
    void follow(const ast::SelectionSet& set, std::set<std::string_view>& used) {
        each_spread(set, [&](const ast::Selection& spread) {
            const auto* fragment = at.fragment(spread.name.text);
            if (used.insert(spread.name.text).second && fragment) follow(fragment->set, used);
        });
    }
};

/// Section 5.5.2.1.
class SpreadTargetDefined : public Rule {
    using Rule::Rule;
    void spread(const ast::Selection& spread, const NamedType*) override {
        if (!at.fragment(spread.name.text)) at.report("Unknown fragment " + quoted(spread.name.text) + ".", {spread.name.at});
    }
};

/// Section 5.5.2.3.
class SpreadIsPossible : public Rule {
    using Rule::Rule;
    void spread(const ast::Selection& spread, const NamedType* parent) override {
        const auto* fragment = at.fragment(spread.name.text);
        const auto* type = fragment ? at.schema.type(fragment->condition.text) : nullptr;
        check(parent, type, spread.at);
    }
    void inline_fragment(const ast::Selection& selection, const NamedType* parent, const NamedType* type) override {
        check(parent, type, selection.at);
    }

    void check(const NamedType* parent, const NamedType* type, ast::Position place) {
        if (!parent || !type || !type->is_composite() || overlap(*parent, *type)) return;
        at.report("A fragment cannot be spread here as objects of type " + quoted(parent->name) + " can never be of type " +
                      quoted(type->name) + ".",
                  {place});
    }
    /// GetPossibleTypes of both have one in common.
    bool overlap(const NamedType& a, const NamedType& b) const {
        if (&a == &b) return true;
        if (!a.is_abstract()) return at.schema.is_possible(b, a);
        return std::any_of(a.possible.begin(), a.possible.end(),
                           [&](const auto* object) { return at.schema.is_possible(b, *object); });
    }
};

/// Depth-first search with three colours.
class CycleSearch {
public:
    explicit CycleSearch(Examination& at) : at_{at} {}
    void run() {
        for (const auto& fragment : at_.document.fragments) visit(fragment);
    }

private:
    void visit(const ast::Fragment& fragment) {
        if (!done_.insert(&fragment).second) return;
        open_.insert(fragment.name.text);
        each_spread(fragment.set, [&](const ast::Selection& spread) {
            if (open_.contains(spread.name.text))
                at_.report("Cannot spread fragment " + quoted(spread.name.text) + " within itself.", {spread.at});
            else if (const auto* next = at_.fragment(spread.name.text))
                visit(*next);
        });
        open_.erase(fragment.name.text);
    }

    Examination& at_;
    std::set<const ast::Fragment*> done_;
    std::set<std::string_view> open_;
};

}  // namespace

// Section 5.5.2.2. The recursion is as deep as fragments follow each other, which the token limit bounds.
void check_fragment_cycles(Examination& at) { CycleSearch{at}.run(); }

void add_fragment_rules(Examination& at, Rules& rules) {
    rules.push_back(std::make_unique<FragmentNameUniqueness>(at));
    rules.push_back(std::make_unique<FragmentTypes>(at));
    rules.push_back(std::make_unique<FragmentsMustBeUsed>(at));
    rules.push_back(std::make_unique<SpreadTargetDefined>(at));
    rules.push_back(std::make_unique<SpreadIsPossible>(at));
}

}  // namespace vivi::graphql
