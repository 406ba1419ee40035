// Whatever a client says, the protocol machine keeps its promises: nothing after the close, nothing for an operation that is
// over. SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <set>

#include "server/graphql/json.hpp"
#include "server/transport/protocol.hpp"

namespace {

using namespace vivi;
using transport::Protocol;

void demand(bool is_kept) {
    if (!is_kept) __builtin_trap();
}

/// What the client has been told and what runs for it.
struct Model {
    bool is_closed = false, is_acknowledged = false;
    std::set<Protocol::Number> live{};

    void see(const std::vector<Protocol::Action>& actions) {
        for (const auto& action : actions) {
            demand(!is_closed);
            if (const auto* send = std::get_if<Protocol::Send>(&action)) see(*send);
            if (const auto* start = std::get_if<Protocol::Start>(&action))
                demand(is_acknowledged && live.insert(start->number).second);
            if (const auto* stop = std::get_if<Protocol::Stop>(&action)) demand(live.erase(stop->number) == 1);
            if (const auto* close = std::get_if<Protocol::Close>(&action)) {
                demand(close->code >= 4400 && close->code <= 4429 && close->reason.size() <= 123);
                is_closed = true;
            }
        }
    }
    void see(const Protocol::Send& send) {
        const auto json = graphql::parse_json(send.head + (send.body ? *send.body : std::string{}) + std::string{send.tail});
        demand(json && json->is_fields() && json->fields()["type"].is_text());
        if (json->fields()["type"].text() == "connection_ack") demand(!std::exchange(is_acknowledged, true));
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Protocol protocol{Instant{}, {.operations = 4}};
    Model model;
    const auto response =
        std::make_shared<const graphql::Response>(graphql::Response{.body = R"({"data":{"a":1}})", .has_data = true});
    std::string rest{data, data + size};
    while (!rest.empty()) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.erase(0, line.size() + 1);
        if (line.empty()) continue;
        Protocol::Number number = 0;
        std::from_chars(line.data() + 1, line.data() + line.size(), number);
        const bool is_live = model.live.contains(number);
        switch (line[0]) {
            case 'a': model.see(protocol.accept()); break;
            case 'j': model.see(protocol.reject()); break;
            case 'n': {
                const auto actions = protocol.next(number, response);
                demand(actions.empty() != is_live);
                model.see(actions);
                break;
            }
            case 'e':
            case 'c': {
                const auto actions = line[0] == 'e' ? protocol.error(number, "[]") : protocol.complete(number);
                demand(actions.empty() != is_live);
                model.live.erase(number);
                model.see(actions);
                break;
            }
            case 't': model.see(protocol.expire(Instant{} + Seconds{10})); break;
            default: model.see(protocol.receive(std::string_view{line}.substr(1)));
        }
        demand(protocol.live() == model.live.size() && protocol.live() <= 4 && protocol.is_closed() == model.is_closed);
    }
    return 0;
}
