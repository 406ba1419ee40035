// Section 5.3.2, Field Selection Merging, without comparing every field with every other.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>

#include "server/graphql/rules.hpp"

namespace vivi::graphql {
namespace {

/// A field where it stands; two spreads of one fragment give the same pointer and so count once.
struct Use {
    const ast::Selection* field = nullptr;
    const NamedType* parent = nullptr;
    auto operator<=>(const Use&) const = default;
};
using Uses = std::vector<Use>;  // Sorted, without duplicates: its own key in the memo.

/// FieldsInSetCanMerge in two passes over *sets* of fields: SameResponseShape groups by response key only, SameForCommonParents
/// also by parent type. A set that was examined once is not examined again, so work grows with the document, not with the ways
/// through it.
class Overlap {
public:
    explicit Overlap(Examination& at) : at_{at} {}

    void run() {
        const auto check = [&](const ast::SelectionSet& set, const NamedType* parent) {
            Uses uses;
            std::set<const ast::Fragment*> seen;
            collect(set, parent, uses, seen);
            normalise(uses);
            same_shape(uses);
            same_for_common_parents(uses);
        };
        for (const auto& operation : at_.document.operations) {
            const NamedType* root = at_.schema.query;
            if (operation.type == ast::Operation::Type::Mutation) root = at_.schema.mutation;
            if (operation.type == ast::Operation::Type::Subscription) root = at_.schema.subscription;
            check(operation.set, root);
        }
        for (const auto& fragment : at_.document.fragments) check(fragment.set, at_.schema.type(fragment.condition.text));
    }

private:
    /// Fragments nested within one another multiply; the budget ends what the memo does not.
    static constexpr std::size_t budget = 200'000;

    bool spend(std::size_t work) {
        spent_ += work;
        if (spent_ <= budget && !at_.is_full()) return true;
        if (spent_ > budget && !std::exchange(is_over_, true))
            at_.report("The document has too many overlapping fields to examine.", {}, "QUERY_TOO_COMPLEX");
        return false;
    }

    void collect(const ast::SelectionSet& set, const NamedType* parent, Uses& uses, std::set<const ast::Fragment*>& seen) {
        if (!spend(set.items.size())) return;
        for (const auto& selection : set.items) {
            switch (selection.kind) {
                case ast::Selection::Kind::Field: uses.push_back({&selection, parent}); break;
                case ast::Selection::Kind::Inline:
                    collect(selection.set, selection.condition ? at_.schema.type(selection.condition->text) : parent, uses, seen);
                    break;
                case ast::Selection::Kind::Spread: {
                    const auto* fragment = at_.fragment(selection.name.text);
                    if (fragment && seen.insert(fragment).second)
                        collect(fragment->set, at_.schema.type(fragment->condition.text), uses, seen);
                    break;
                }
            }
        }
    }

    static void normalise(Uses& uses) {
        std::sort(uses.begin(), uses.end());
        uses.erase(std::unique(uses.begin(), uses.end()), uses.end());
    }

    const Field* definition(const Use& use) const {
        return use.parent && use.parent->is_composite() ? at_.schema.field(*use.parent, use.field->name.text) : nullptr;
    }

    /// All that is selected below a group of fields that become one.
    Uses below(const Uses& group) {
        Uses children;
        std::set<const ast::Fragment*> seen;
        for (const auto& use : group) {
            const auto* field = definition(use);
            if (use.field->has_set) collect(use.field->set, field ? field->type.named : nullptr, children, seen);
        }
        normalise(children);
        return children;
    }

    static std::map<std::string_view, Uses> by_key(const Uses& uses) {
        std::map<std::string_view, Uses> groups;
        for (const auto& use : uses) groups[use.field->response_key()].push_back(use);
        return groups;
    }

    void conflict(const Use& first, const Use& second, std::string_view reason) {
        at_.report("Fields " + quoted(first.field->response_key()) + " conflict because " + std::string{reason} +
                       ". Use different aliases on the fields to fetch both if this was intentional.",
                   {first.field->at, second.field->at});
    }

    /// SameResponseShape: whatever the concrete type, one response key has one shape.
    void same_shape(const Uses& uses) {
        if (uses.empty() || !shapes_done_.insert(uses).second || !spend(uses.size())) return;
        for (const auto& [key, group] : by_key(uses)) {
            const Use* first = nullptr;
            for (const auto& use : group) {
                if (!definition(use)) continue;
                if (!first)
                    first = &use;
                else if (!is_same_shape(definition(*first)->type, definition(use)->type)) {
                    conflict(*first, use, "they return conflicting types");
                    break;
                }
            }
            same_shape(below(group));
        }
    }

    static bool is_same_shape(TypeRef a, TypeRef b) {
        if (a.wrappers != b.wrappers) return false;
        return (a.named->is_composite() && b.named->is_composite()) || a.named == b.named;
    }

    /// Fields that can meet on one object (equal parents, or one of them abstract) are the same field with the same arguments.
    void same_for_common_parents(const Uses& uses) {
        if (uses.empty() || !parents_done_.insert(uses).second || !spend(uses.size())) return;
        for (const auto& [key, group] : by_key(uses)) {
            Uses anywhere;
            std::map<const NamedType*, Uses> concrete;
            for (const auto& use : group) {
                if (use.parent && use.parent->kind == Kind::Object)
                    concrete[use.parent].push_back(use);
                else
                    anywhere.push_back(use);
            }
            if (concrete.empty()) same_field(anywhere);
            for (auto& [parent, together] : concrete) {
                together.insert(together.end(), anywhere.begin(), anywhere.end());
                std::sort(together.begin(), together.end());
                same_field(together);
            }
        }
    }

    void same_field(const Uses& group) {
        if (!spend(group.size())) return;
        for (std::size_t i = 1; i < group.size(); ++i) {
            if (group[i].field->name.text != group[0].field->name.text) {
                conflict(group[0], group[i], "they are different fields");
                break;
            }
            if (!is_same(group[0].field->arguments, group[i].field->arguments)) {
                conflict(group[0], group[i], "they have differing arguments");
                break;
            }
        }
        same_for_common_parents(below(group));
    }

    static bool is_same(const std::vector<ast::Argument>& a, const std::vector<ast::Argument>& b) {
        if (a.size() != b.size()) return false;
        return std::all_of(a.begin(), a.end(), [&](const ast::Argument& argument) {
            return std::any_of(b.begin(), b.end(), [&](const ast::Argument& other) {
                return argument.name.text == other.name.text && is_same(argument.value, other.value);
            });
        });
    }

    static bool is_same(const ast::Literal& a, const ast::Literal& b) {
        if (a.kind != b.kind || a.items.size() != b.items.size()) return false;
        if (a.kind == ast::Literal::Kind::String) return a.text == b.text;
        if (a.kind == ast::Literal::Kind::List)
            return std::equal(a.items.begin(), a.items.end(), b.items.begin(),
                              [](const auto& x, const auto& y) { return is_same(x, y); });
        if (a.kind != ast::Literal::Kind::Object) return a.raw == b.raw;
        for (std::size_t i = 0; i < a.items.size(); ++i) {  // Fields of an input object have no order.
            bool is_found = false;
            for (std::size_t j = 0; j < b.items.size() && !is_found; ++j)
                is_found = a.names[i].text == b.names[j].text && is_same(a.items[i], b.items[j]);
            if (!is_found) return false;
        }
        return true;
    }

    Examination& at_;
    std::set<Uses> shapes_done_, parents_done_;
    std::size_t spent_ = 0;
    bool is_over_ = false;
};

}  // namespace

void check_overlapping_fields(Examination& at) { Overlap{at}.run(); }

}  // namespace vivi::graphql
