// Running a plan level by level.
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/execution.hpp"

#include <algorithm>
#include <boost/system/system_error.hpp>
#include <new>

#include "server/graphql/coerce.hpp"
#include "server/graphql/json.hpp"

namespace vivi::graphql {
namespace {

FieldError broken(std::string cause) {
    FieldError error{Error{Code::Internal, std::move(cause)}};
    return error;
}

}  // namespace

Node* Execution::children(Node& above, std::size_t count) {
    auto* nodes = static_cast<Node*>(arena_.allocate(count * sizeof(Node), alignof(Node)));
    for (std::size_t i = 0; i < count; ++i) {
        new (nodes + i) Node{};
        nodes[i].above = &above;
        nodes[i].index = static_cast<std::uint32_t>(i);
    }
    above.children = nodes;
    above.size = static_cast<std::uint32_t>(count);
    return nodes;
}

void Execution::start_root() {
    root_.state = Node::State::Object;
    root_.plan = &operation_.plan->root;
    auto* fields = children(root_, root_.plan->fields.size());
    for (std::size_t i = 0; i < root_.plan->fields.size(); ++i)
        fields[i].is_nullable = !root_.plan->fields[i].definition->type.is_non_null();
}

Task<> Execution::run() {
    start_root();
    if (operation_.operation->type != ast::Operation::Type::Mutation) {
        works_.push_back({.plan = root_.plan, .objects = {Object{}}, .nodes = {&root_}});
        co_await run_levels();
        co_return;
    }
    Work& work = works_.emplace_back();
    work = {.plan = root_.plan, .objects = {Object{}}, .nodes = {&root_}};
    for (std::size_t i = 0; i < root_.plan->fields.size() && root_.state == Node::State::Object; ++i) {
        std::vector<WaitingBatch> batches;
        level_begin_ = works_.size();
        run_field(work, i, batches);
        for (auto& batch : batches) co_await run_batch(batch);
        co_await run_levels();
    }
}

Task<> Execution::run(Value value) {
    start_root();
    const auto& field = root_.plan->fields[0];
    Resolved resolved{std::move(value)};
    complete(root_.children[0], field.definition->type, resolved, field);
    co_await run_levels();
}

Task<> Execution::run_levels() {
    while (level_begin_ < works_.size()) {
        const auto end = works_.size();
        std::vector<WaitingBatch> batches;
        for (auto i = level_begin_; i < end; ++i) {
            if (has_dead_) forget_dead(works_[i]);
            run_properties(works_[i], batches);
        }
        level_begin_ = end;
        // The seam: batches of one level do not depend on each other; today they run one after another.
        for (auto& batch : batches) co_await run_batch(batch);
    }
}

void Execution::forget_dead(Work& work) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < work.nodes.size(); ++i) {
        if (is_dead(work.nodes[i])) continue;
        if (kept != i) {
            work.nodes[kept] = work.nodes[i];
            std::swap(work.objects[kept], work.objects[i]);
        }
        ++kept;
    }
    work.nodes.resize(kept);  // Objects stay: others may borrow from them.
}

Resolved Execution::call(const Bound& bound, const Object& parent, const Arguments& arguments) {
    try {
        return bound.property(parent, arguments, context_);
    } catch (const std::exception& exception) {
        return std::unexpected{broken(exception.what())};
    }
}

std::optional<FieldError> Execution::refuse_root() {
    const auto& field = operation_.plan->root.fields[0];
    std::optional<FieldError> refused;
    const Object nothing;
    if (field.is_guarded)
        options_.guard->ask({field.parent, field.definition}, std::span{&nothing, 1}, context_, std::span{&refused, 1});
    return refused;
}

std::vector<const Node*> Execution::refuse(Work& work, std::size_t index) {
    const auto& field = work.plan->fields[index];
    std::vector<const Node*> found;
    if (!field.is_guarded) return found;
    std::vector<std::optional<FieldError>> refused(work.nodes.size());
    options_.guard->ask({field.parent, field.definition}, std::span{work.objects.data(), work.nodes.size()}, context_, refused);
    for (std::size_t i = 0; i < work.nodes.size(); ++i) {
        if (!refused[i]) continue;
        auto& node = work.nodes[i]->children[index];
        node.is_nullable = !field.definition->type.is_non_null();
        fail(node, field, *refused[i]);
        found.push_back(&node);
    }
    return found;
}

void Execution::run_properties(Work& work, std::vector<WaitingBatch>& batches) {
    for (std::size_t i = 0; i < work.plan->fields.size() && !work.nodes.empty(); ++i) run_field(work, i, batches);
}

void Execution::run_field(Work& work, std::size_t index, std::vector<WaitingBatch>& batches) {
    const auto& field = work.plan->fields[index];
    field_works_ = works_.size();
    if (field.leaf == LeafKind::Typename) {
        const Value name = Value::borrowed(work.plan->type->name);
        for (auto* node : work.nodes) complete_leaf(node->children[index], name, field);
        return;
    }
    auto refused = refuse(work, index);
    if (!refused.empty() && refused.size() == work.nodes.size()) return;
    // Arguments are the same for all objects of a step.
    Arguments own;
    const Arguments* arguments = field.constant_arguments.get();
    if (!arguments) {
        auto values =
            coerce_arguments(field.definition->arguments, *field.arguments, operation_.variables, operation_.document->source);
        if (!values) {
            for (auto* node : work.nodes) {
                if (std::ranges::find(refused, &node->children[index]) == refused.end())
                    fail(node->children[index], field, {values.error().message, values.error().code});
            }
            return;
        }
        own = Arguments{*std::move(values)};
        arguments = &own;
    }
    if (field.bound->batch) {
        batches.push_back({&work, index, *arguments, std::move(refused)});
        return;
    }
    for (std::size_t i = 0; i < work.nodes.size(); ++i) {
        auto& node = work.nodes[i]->children[index];
        if (has_dead_ && is_dead(work.nodes[i])) continue;
        if (!refused.empty() && std::ranges::find(refused, &node) != refused.end()) continue;
        const auto value = call(*field.bound, work.objects[i], *arguments);
        complete(node, field.definition->type, value, field);
    }
}

Task<> Execution::run_batch(WaitingBatch& batch) {
    auto& work = *batch.work;
    if (has_dead_) forget_dead(work);
    if (batch.refused.empty()) {
        co_await run_batch(batch, {work.objects.data(), work.nodes.size()}, work.nodes);
        co_return;
    }
    std::vector<Object> parents;
    std::vector<Node*> nodes;
    for (std::size_t i = 0; i < work.nodes.size(); ++i) {
        if (std::ranges::find(batch.refused, &work.nodes[i]->children[batch.field]) != batch.refused.end()) continue;
        parents.push_back(work.objects[i]);
        nodes.push_back(work.nodes[i]);
    }
    co_await run_batch(batch, parents, nodes);
}

Task<> Execution::run_batch(WaitingBatch& batch, std::span<const Object> parents, std::span<Node* const> nodes) {
    if (nodes.empty()) co_return;
    const auto& field = batch.work->plan->fields[batch.field];
    std::vector<Resolved> values;
    std::string failure;
    try {
        values = co_await field.bound->batch(parents, batch.arguments, context_);
        if (values.size() != parents.size())
            failure = "a batch answered " + std::to_string(values.size()) + " values for " + std::to_string(parents.size()) +
                      " parents";
    } catch (const boost::system::system_error& error) {
        if (error.code() == net::error::operation_aborted) throw;  // Cancelled: the whole operation ends.
        failure = error.what();
    } catch (const std::exception& exception) {
        failure = exception.what();
    }
    field_works_ = works_.size();
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (has_dead_ && is_dead(nodes[i])) continue;
        auto& node = nodes[i]->children[batch.field];
        if (failure.empty())
            complete(node, field.definition->type, values[i], field);
        else
            fail(node, field, broken(failure));
    }
}

void Execution::complete(Node& node, TypeRef type, const Resolved& resolved, const FieldPlan& field) {
    node.is_nullable = !type.is_non_null();
    if (!resolved) return fail(node, field, resolved.error());
    complete(node, type, *resolved, field);
}

void Execution::complete(Node& node, TypeRef type, const Value& value, const FieldPlan& field) {
    node.is_nullable = !type.is_non_null();
    if (value.is_null()) {
        if (!node.is_nullable)
            fail(node, field,
                 {"Cannot return null for non-nullable field " + field.parent->name + "." + field.definition->name + ".",
                  "INTERNAL"});
        return;
    }
    type = type.nullable();
    if (type.is_list())
        complete_list(node, type.inner(), value, field);
    else if (field.leaf != LeafKind::None)
        complete_leaf(node, value, field);
    else
        complete_object(node, value, field);
}

void Execution::complete_list(Node& node, TypeRef item_type, const Value& value, const FieldPlan& field) {
    if (!value.is_list())
        return fail(node, field,
                    broken("the resolver of " + field.parent->name + "." + field.definition->name + " did not return a list"));
    const auto& items = value.list();
    auto* nodes = children(node, items.size());
    node.state = Node::State::List;
    for (std::size_t i = 0; i < items.size() && node.state == Node::State::List; ++i)
        complete(nodes[i], item_type, items[i], field);
}

Execution::Work& Execution::work_for(const ObjectPlan& plan) {
    for (auto i = field_works_; i < works_.size(); ++i)
        if (works_[i].plan == &plan) return works_[i];
    return works_.emplace_back(Work{.plan = &plan});
}

void Execution::complete_object(Node& node, const Value& value, const FieldPlan& field) {
    const auto& declared = *field.definition->type.named;
    if (!value.is_object())
        return fail(node, field,
                    broken("the resolver of " + field.parent->name + "." + field.definition->name + " did not return an object"));
    const ObjectPlan* plan = nullptr;
    if (!declared.is_abstract()) {
        plan = field.below[0].get();
    } else if (const auto* type = schema_.type(value.object().type());
               type) {  // ResolveAbstractType: the object says what it is.
        plan = field.for_type(*type);
    }
    if (!plan)
        return fail(node, field,
                    broken("an object of type \"" + std::string{value.object().type()} + "\" stands where " + declared.name +
                           " is expected"));
    node.state = Node::State::Object;
    node.plan = plan;
    auto* fields = children(node, plan->fields.size());
    for (std::size_t i = 0; i < plan->fields.size(); ++i) fields[i].is_nullable = !plan->fields[i].definition->type.is_non_null();
    auto& work = work_for(*plan);
    work.objects.push_back(value.object());
    work.nodes.push_back(&node);
}

void Execution::complete_leaf(Node& node, const Value& value, const FieldPlan& field) {
    const auto begin = leaves_.size();
    if (!write_leaf(value, field)) {
        leaves_.resize(begin);
        return fail(node, field,
                    broken(field.parent->name + "." + field.definition->name + ": " + field.definition->type.named->name +
                           " cannot represent " + to_json(value).substr(0, 100)));
    }
    node.state = Node::State::Leaf;
    node.begin = begin;
    node.size = static_cast<std::uint32_t>(leaves_.size() - begin);
}

bool Execution::is_dead(const Node* node) {
    for (; node; node = node->above)
        if (node->state == Node::State::Dead) return true;
    return false;
}

void Execution::fail(Node& node, const FieldPlan& field, const FieldError& error) {
    if (has_dead_ && is_dead(&node)) return;  // Its position is already null for another reason (section 6.4.4).
    const auto path = path_of(node);
    add_error(path, field.places, error);
    node.state = Node::State::Null;
    // The null moves up to the first position that may be null.
    auto* at = &node;
    while (!at->is_nullable && at->above) {
        at = at->above;
        at->state = Node::State::Dead;
        has_dead_ = true;
    }
}

std::string Execution::path_of(const Node& node) const {
    std::string path;
    for (const auto* at = &node; at->above; at = at->above) {
        std::string step;
        if (at->above->state == Node::State::List)
            append_json(step, static_cast<std::int64_t>(at->index));
        else
            append_json_string(step, at->above->plan->fields[at->index].key);
        path = path.empty() ? step : step + "," + path;
    }
    return "[" + path + "]";
}

void Execution::add_error(std::string_view path, const std::vector<ast::Position>& places, const FieldError& error) {
    if (error_count_++ >= options_.limits.errors && options_.limits.errors != 0) return;
    if (!error.cause.empty() && options_.on_hidden_error) options_.on_hidden_error(path, error);
    if (!errors_.empty()) errors_ += ',';
    errors_ += "{\"message\":";
    append_json_string(errors_, error.message);
    errors_ += ",\"locations\":[";
    for (const auto place : places) {
        const auto location = ast::locate(operation_.document->source, place);
        if (errors_.back() == '}') errors_ += ',';
        errors_ += "{\"line\":" + std::to_string(location.line) + ",\"column\":" + std::to_string(location.column) + "}";
    }
    errors_ += "],\"path\":";
    errors_ += path;
    errors_ += ",\"extensions\":{\"code\":";
    append_json_string(errors_, error.code);
    errors_ += "}}";
}

void Execution::write(const Node& node, std::string& out) const {
    switch (node.state) {
        case Node::State::Null:
        case Node::State::Dead: out += "null"; return;
        case Node::State::Leaf: out.append(leaves_.data() + node.begin, node.size); return;
        case Node::State::List:
            out += '[';
            for (std::uint32_t i = 0; i < node.size; ++i) {
                if (i > 0) out += ',';
                write(node.children[i], out);
            }
            out += ']';
            return;
        case Node::State::Object:
            out += '{';
            for (std::uint32_t i = 0; i < node.size; ++i) {
                const std::string_view key = node.plan->fields[i].json_key;
                out += key.substr(i == 0);
                write(node.children[i], out);
            }
            out += '}';
            return;
    }
}

Response Execution::response() {
    Response result{.has_data = root_.state == Node::State::Object, .has_errors = error_count_ > 0};
    result.body.reserve(64 + errors_.size() + leaves_.size() * 2);
    result.body += '{';
    if (result.has_errors) result.body += "\"errors\":[" + errors_ + "],";
    result.body += "\"data\":";
    write(root_, result.body);
    result.body += '}';
    return result;
}

Response Execution::failed_at_root(const FieldError& error) {
    const auto& field = operation_.plan->root.fields[0];
    std::string path = "[";
    append_json_string(path, field.key);
    path += ']';
    add_error(path, field.places, error);
    return {.body = "{\"errors\":[" + errors_ + "]}", .has_data = false, .has_errors = true};
}

}  // namespace vivi::graphql
