// One run of one plan (section 6.2 to 6.4): breadth first, so that a field is resolved for all objects of a level at once.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory_resource>
#include <string>
#include <vector>

#include "server/graphql/plan.hpp"

namespace vivi::graphql {

/// A position of the response. Lives in the run's arena; leaves are already JSON, so the response is written by copying.
struct Node {
    /// Dead: became null because something non-null below it failed (section 6.4.4); what is below a dead node no longer counts.
    enum class State : std::uint8_t { Null, Dead, Leaf, List, Object };

    Node* above = nullptr;             ///< The list or object it stands in; null at the root.
    const ObjectPlan* plan = nullptr;  ///< Object
    Node* children = nullptr;          ///< List: its items. Object: its fields, in the plan's order.
    std::size_t begin = 0;             ///< Leaf: where its text starts.
    std::uint32_t size = 0;            ///< Leaf: characters. List, Object: children.
    std::uint32_t index = 0;           ///< Which child of `above` it is.
    State state = State::Null;
    bool is_nullable = true;
};

class Execution {
public:
    /// All of them outlive it.
    Execution(const Schema& schema, const Options& options, const PreparedOperation& operation, Context& context)
        : schema_{schema}, options_{options}, operation_{operation}, context_{context} {}
    Execution(const Execution&) = delete;
    Execution& operator=(const Execution&) = delete;

    /// Queries and mutations; the root fields of a mutation one after another (section 6.2.2).
    Task<> run();
    /// One event of a subscription: `value` is the root field's (section 6.2.3.2).
    Task<> run(Value value);
    /// What happened so far as a response; after run().
    Response response();
    /// What Options::guard says against the first root field; for subscriptions, before they are opened.
    std::optional<FieldError> refuse_root();
    /// For a failure of the whole operation at its root field: no `data` at all.
    Response failed_at_root(const FieldError& error);

private:
    /// All objects of one type at one step of the plan. Kept until the end: children borrow from their parents.
    struct Work {
        const ObjectPlan* plan = nullptr;
        std::vector<Object> objects{};
        std::vector<Node*> nodes{};
    };
    struct WaitingBatch {
        Work* work = nullptr;
        std::size_t field = 0;
        Arguments arguments{};
        std::vector<const Node*> refused{};  ///< Children of this field that Options::guard refused.
    };

    void start_root();
    Task<> run_levels();
    std::vector<const Node*> refuse(Work& work, std::size_t index);
    void run_properties(Work& work, std::vector<WaitingBatch>& batches);
    void run_field(Work& work, std::size_t field, std::vector<WaitingBatch>& batches);
    Resolved call(const Bound& bound, const Object& parent, const Arguments& arguments);
    Task<> run_batch(WaitingBatch& batch);
    Task<> run_batch(WaitingBatch& batch, std::span<const Object> parents, std::span<Node* const> nodes);
    void forget_dead(Work& work);

    // CompleteValue, section 6.4.3.
    void complete(Node& node, TypeRef type, const Resolved& resolved, const FieldPlan& field);
    void complete(Node& node, TypeRef type, const Value& value, const FieldPlan& field);
    void complete_list(Node& node, TypeRef type, const Value& value, const FieldPlan& field);
    void complete_object(Node& node, const Value& value, const FieldPlan& field);
    void complete_leaf(Node& node, const Value& value, const FieldPlan& field);
    bool write_leaf(const Value& value, const FieldPlan& field);
    Work& work_for(const ObjectPlan& plan);

    // Section 6.4.4.
    void fail(Node& node, const FieldPlan& field, const FieldError& error);
    static bool is_dead(const Node* node);
    std::string path_of(const Node& node) const;
    void add_error(std::string_view path, const std::vector<ast::Position>& places, const FieldError& error);

    Node* children(Node& above, std::size_t count);
    void write(const Node& node, std::string& out) const;

    const Schema& schema_;
    const Options& options_;
    const PreparedOperation& operation_;
    Context& context_;

    std::pmr::monotonic_buffer_resource arena_{4096};
    std::string leaves_;  ///< The JSON of every leaf, one after another.
    Node root_{};
    std::deque<Work> works_;       ///< Every step so far; a deque because steps are pointed to.
    std::size_t level_begin_ = 0;  ///< works_ from here on are still to run.
    std::size_t field_works_ = 0;  ///< works_ from here on belong to the field being completed.
    std::string errors_;           ///< The entries of `errors`, already JSON.
    std::size_t error_count_ = 0;
    bool has_dead_ = false;
};

}  // namespace vivi::graphql
