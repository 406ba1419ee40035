// Reads the members of an event that its topic knows straight from the text, with no document in between: for ingest.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/core/result.hpp"
#include "common/model/event.hpp"
#include "common/model/fields.hpp"

namespace vivi::model {

/// What a member was. Of a list or an object only that it was one: what is in it goes by (Rows), or is in Members of its own.
class Value {
public:
    enum class Kind : std::uint8_t { Absent, Null, Flag, Signed, Unsigned, Fraction, Text, List, Object };

    void become(Kind kind) noexcept { kind_ = kind; }
    void become(Kind kind, std::int64_t integer) noexcept { kind_ = kind, integer_ = integer; }
    void become_fraction(double fraction) noexcept { kind_ = Kind::Fraction, fraction_ = fraction; }
    /// Takes the text; what it held before is left in `text`, so that no room is thrown away.
    void become_text(std::string& text) noexcept { kind_ = Kind::Text, text_.swap(text); }

    Kind kind() const noexcept { return kind_; }
    bool is_string() const noexcept { return kind_ == Kind::Text; }
    bool is_number_integer() const noexcept { return kind_ == Kind::Signed || kind_ == Kind::Unsigned; }
    bool is_number_unsigned() const noexcept { return kind_ == Kind::Unsigned; }
    bool is_boolean() const noexcept { return kind_ == Kind::Flag; }
    bool is_array() const noexcept { return kind_ == Kind::List; }
    bool is_object() const noexcept { return kind_ == Kind::Object; }
    /// 1.0 is 1, as in nlohmann's comparison.
    bool operator==(int number) const noexcept {
        return is_number_integer() ? integer_ == number : kind_ == Kind::Fraction && fraction_ == number;
    }

    /// Precondition: the kind fits. A whole number above 2^63 wraps, as nlohmann's does.
    template <class T>
    T get() const {
        if constexpr (std::is_same_v<T, std::string>)
            return text_;
        else
            return static_cast<T>(integer_);
    }
    template <class T>
    T get_ref() const noexcept {
        return text_;
    }

private:
    Kind kind_ = Kind::Absent;
    std::int64_t integer_ = 0;  ///< Flag, Signed; of Unsigned the same 64 bits.
    double fraction_ = 0;
    std::string text_{};
};

using Keys = std::span<const std::string_view>;

/// The members of one object whose names are known beforehand; others are not kept.
class Members {
public:
    /// Forgets everything, but no room. `keys` outlives what is read.
    void expect(Keys keys);
    void forget() noexcept;
    void become_object() noexcept { is_object_ = true; }
    bool is_object() const noexcept { return is_object_; }
    /// Where to put the member of that name; nullptr: nobody asks for it.
    Value* slot(std::string_view key) noexcept;
    const Value* find(std::string_view key) const noexcept;

private:
    Keys keys_{};
    std::size_t next_ = 0;  ///< Members mostly come in the order of the keys.
    std::vector<Value> values_{};
    bool is_object_ = false;
};

/// Of an object that is there; nullptr otherwise.
inline const Value* member(const Members& object, std::string_view key) { return object.find(key); }
using StreamedFields = FieldsOf<Members>;

/// Who takes the elements of an event's list as they go by.
class Rows {
public:
    virtual ~Rows() = default;
    /// The list's name was read. Of two members of one name the last counts, as in a document.
    virtual void restart() = 0;
    /// An element, valid during the call; one that is no object has no members and is_object() is false.
    virtual void add(const Members& row) = 0;
};

/// Elements until one has a problem: a list that is wrong in one place is not trusted in another.
template <class Row>
class RowsOf final : public Rows {
public:
    using Read = Row (*)(const Members& row, std::size_t index, Problems& problems);

    explicit RowsOf(Read read) : read_{read} {}
    void restart() override { rows_.clear(), problems_.clear(), count_ = 0; }
    void add(const Members& row) override {
        const auto index = count_++;
        if (problems_.empty()) rows_.push_back(read_(row, index, problems_));
    }
    std::size_t count() const noexcept { return count_; }
    const Problems& problems() const noexcept { return problems_; }
    std::vector<Row> take_rows() { return std::exchange(rows_, {}); }

private:
    Read read_;
    std::size_t count_ = 0;
    std::vector<Row> rows_{};
    Problems problems_{};
};

/// What of an event is asked for beside its envelope. Names outlive the shape; quickest when in the order of the text (A to Z).
struct Shape {
    Keys members{};
    std::string_view object{};  ///< The one member whose own members are kept.
    Keys object_members{};
    std::string_view list{};  ///< The one member whose elements are given to Rows; it is one of `members`.
    Keys row_members{};
};

/// One event after the other. What was read is valid until the next.
class EventReader {
public:
    /// Invalid and Overflow as parse_json() says them, in the same words. `rows`: nullptr when the shape has no list.
    Status read(std::string_view text, const Shape& shape, Rows* rows = nullptr);

    const Members& body() const noexcept { return body_; }
    const Members& from() const noexcept { return from_; }      ///< The members of "from".
    const Members& object() const noexcept { return object_; }  ///< Those of the shape's object.

private:
    std::vector<std::string_view> keys_{};  ///< The envelope's and the shape's.
    Members body_{}, from_{}, object_{}, row_{};
};

/// As parse_envelope() does with a document (event.hpp). Another name: a document converts itself to whatever an overload asks
/// for.
Result<Envelope> read_envelope(const EventReader& event);

}  // namespace vivi::model
