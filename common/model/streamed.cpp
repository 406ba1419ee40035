// The places an event's text goes through, over nlohmann's SAX interface.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/streamed.hpp"

#include <algorithm>
#include <array>

namespace vivi::model {
namespace {

using namespace std::string_view_literals;

constexpr std::array envelope_keys{"at"sv, "from"sv, "v"sv};
constexpr std::array from_keys{"instance"sv, "number"sv};

/// Where a member's value would go. At most one list is followed and objects of one depth, so that nothing here recurses or
/// grows.
enum class Place : std::uint8_t { Body, From, Object, List, Row, Skipped };

/// nlohmann's SAX concept: false ends the parse.
class Follower {
public:
    struct Parts {
        Members& body;
        Members& from;
        Members& object;
        Members& row;
    };
    Follower(const Shape& shape, Parts parts, Rows* rows) : shape_{shape}, parts_{parts}, rows_{rows} {}

    bool is_too_deep() const noexcept { return is_too_deep_; }

    bool null() {
        return value([](Value& value) { value.become(Value::Kind::Null); });
    }
    bool boolean(bool flag) {
        return value([&](Value& value) { value.become(Value::Kind::Flag, flag ? 1 : 0); });
    }
    bool number_integer(std::int64_t number) {
        return value([&](Value& value) { value.become(Value::Kind::Signed, number); });
    }
    bool number_unsigned(std::uint64_t number) {
        return value([&](Value& value) { value.become(Value::Kind::Unsigned, static_cast<std::int64_t>(number)); });
    }
    bool number_float(double number, const std::string& /*as_written*/) {
        return value([&](Value& value) { value.become_fraction(number); });
    }
    bool string(std::string& text) {
        return value([&](Value& value) { value.become_text(text); });
    }
    bool binary(Json::binary_t& /*bytes*/) { return false; }  // Not in text.
    bool parse_error(std::size_t /*position*/, const std::string& /*token*/, const Json::exception& /*why*/) { return false; }

    bool key(const std::string& name) {
        if (deeper_than_allowed()) return false;
        auto* const members = members_of(place());
        slot_ = members == nullptr ? nullptr : members->slot(name);
        next_ = Place::Skipped;
        if (place() != Place::Body) return true;
        if (name == "from"sv) {
            next_ = Place::From;
            parts_.from.forget();
        } else if (!shape_.object.empty() && name == shape_.object) {
            next_ = Place::Object;
            parts_.object.forget();
        } else if (rows_ != nullptr && name == shape_.list) {
            next_ = Place::List;
            rows_->restart();
        }
        return true;
    }

    bool start_object(std::size_t /*members*/) {
        if (deeper_than_allowed()) return false;
        auto into = Place::Skipped;
        if (depth_ == 0) {
            into = Place::Body;
        } else if (place() == Place::List) {
            into = Place::Row;
            parts_.row.forget();
        } else if (place() == Place::Body && next_ != Place::List) {
            into = next_;
        }
        if (slot_ != nullptr) slot_->become(Value::Kind::Object);
        if (auto* const members = members_of(into)) members->become_object();
        return enter(into);
    }
    bool start_array(std::size_t /*elements*/) {
        if (deeper_than_allowed()) return false;
        const bool is_followed = place() == Place::Body && next_ == Place::List;
        if (place() == Place::List) add_other();
        if (slot_ != nullptr) slot_->become(Value::Kind::List);
        return enter(is_followed ? Place::List : Place::Skipped);
    }
    bool end_object() {
        if (place() == Place::Row) rows_->add(parts_.row);
        return leave();
    }
    bool end_array() { return leave(); }

private:
    Place place() const noexcept { return depth_ == 0 ? Place::Skipped : places_.at(depth_ - 1); }
    Members* members_of(Place place) noexcept {
        switch (place) {
            case Place::Body: return &parts_.body;
            case Place::From: return &parts_.from;
            case Place::Object: return &parts_.object;
            case Place::Row: return &parts_.row;
            case Place::List:
            case Place::Skipped: return nullptr;
        }
        return nullptr;
    }
    bool deeper_than_allowed() noexcept {
        is_too_deep_ = is_too_deep_ || depth_ > static_cast<std::size_t>(deepest_json);
        return is_too_deep_;
    }
    /// An element of the list that is no object.
    void add_other() {
        parts_.row.forget();
        rows_->add(parts_.row);
    }
    bool enter(Place into) noexcept {
        places_.at(depth_++) = into;
        slot_ = nullptr;
        next_ = Place::Skipped;
        return true;
    }
    bool leave() noexcept {
        --depth_;
        slot_ = nullptr;
        return true;
    }
    template <class Become>
    bool value(Become become) {
        if (deeper_than_allowed()) return false;
        if (place() == Place::List) add_other();
        if (slot_ != nullptr) become(*slot_);
        return true;
    }

    const Shape& shape_;
    Parts parts_;
    Rows* rows_;
    std::array<Place, deepest_json + 1> places_{};
    std::size_t depth_ = 0;
    Value* slot_ = nullptr;  ///< Of the member whose name was read last.
    Place next_ = Place::Skipped;
    bool is_too_deep_ = false;
};

}  // namespace

void Members::expect(Keys keys) {
    keys_ = keys;
    if (values_.size() < keys.size()) values_.resize(keys.size());
    forget();
}

void Members::forget() noexcept {
    for (auto& value : values_) value.become(Value::Kind::Absent);
    is_object_ = false;
    next_ = 0;
}

Value* Members::slot(std::string_view key) noexcept {
    for (std::size_t tried = 0; tried < keys_.size(); ++tried) {
        const auto index = next_ < keys_.size() ? next_ : 0;
        next_ = index + 1;
        if (keys_[index] == key) return &values_[index];
    }
    return nullptr;
}

const Value* Members::find(std::string_view key) const noexcept {
    if (!is_object_) return nullptr;
    const auto found = std::ranges::find(keys_, key);
    if (found == keys_.end()) return nullptr;
    const auto& value = values_[static_cast<std::size_t>(found - keys_.begin())];
    return value.kind() == Value::Kind::Absent ? nullptr : &value;
}

Status EventReader::read(std::string_view text, const Shape& shape, Rows* rows) {
    keys_.assign(envelope_keys.begin(), envelope_keys.end());
    keys_.insert(keys_.end(), shape.members.begin(), shape.members.end());
    if (!shape.object.empty()) keys_.push_back(shape.object);
    body_.expect(keys_);
    from_.expect(from_keys);
    object_.expect(shape.object_members);
    row_.expect(shape.row_members);
    if (rows != nullptr) rows->restart();
    if (text.size() > most_json_bytes)
        return failed(Code::Overflow, "JSON: larger than " + std::to_string(most_json_bytes) + " bytes");
    Follower follower{shape, {.body = body_, .from = from_, .object = object_, .row = row_}, rows};
    const bool is_read = Json::sax_parse(text, &follower);
    if (follower.is_too_deep()) return failed(Code::Invalid, "JSON: nested deeper than 32");
    if (!is_read) return failed(Code::Invalid, "JSON: cannot be parsed");
    return {};
}

}  // namespace vivi::model
