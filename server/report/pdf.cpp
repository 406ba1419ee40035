// Laying out a document with pango, drawing it with cairo.
// SPDX-License-Identifier: Apache-2.0
#include "server/report/pdf.hpp"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <algorithm>
#include <memory>
#include <utility>

namespace vivi::report {
namespace {

// Points (1/72 inch); A4 is 210 by 297 mm (ISO 216).
constexpr double page_width = 595.28, page_height = 841.89, margin = 48, footer_height = 24;
constexpr double width = page_width - 2 * margin, bottom = page_height - margin - footer_height;

template <auto release>
struct Release {
    template <class T>
    void operator()(T* held) const {
        release(held);
    }
};
using Surface = std::unique_ptr<cairo_surface_t, Release<cairo_surface_destroy>>;
using Cairo = std::unique_ptr<cairo_t, Release<cairo_destroy>>;
using Layout = std::unique_ptr<PangoLayout, Release<g_object_unref>>;
using Font = std::unique_ptr<PangoFontDescription, Release<pango_font_description_free>>;

struct Colour {
    double red = 0, green = 0, blue = 0;
};
constexpr Colour ink{0.11, 0.13, 0.17}, grey{0.42, 0.45, 0.50}, line{0.85, 0.87, 0.90}, accent{0.15, 0.39, 0.92};

enum class Align : std::uint8_t { Left, Right };
struct Style {
    double size = 9;
    Colour colour = ink;
    bool is_bold = false;
    Align align = Align::Left;
};

extern "C" cairo_status_t append(void* text, const unsigned char* bytes, unsigned int count) {
    static_cast<std::string*>(text)->append(reinterpret_cast<const char*>(bytes), count);
    return CAIRO_STATUS_SUCCESS;
}

/// What is no UTF-8, a NUL too, is replaced.
std::unique_ptr<char, Release<g_free>> valid(const std::string& text) {
    return std::unique_ptr<char, Release<g_free>>{g_utf8_make_valid(text.data(), static_cast<gssize>(text.size()))};
}

/// One page after the other, from top to bottom.
class Canvas {
public:
    Canvas(cairo_t* cairo, std::string footer) : cairo_{cairo}, footer_{std::move(footer)} {}

    double y() const noexcept { return y_; }
    void down(double by) noexcept { y_ += by; }
    /// Begins another page when less than `height` is left of this one; true when it did.
    bool need(double height) {
        if (y_ + height <= bottom) return false;
        end_page();
        y_ = margin;
        return true;
    }
    void end_page() {
        text(margin, page_height - margin, width - 40, footer_, {.size = 7.5, .colour = grey});
        text(margin + width - 40, page_height - margin, 40, std::to_string(++page_),
             {.size = 7.5, .colour = grey, .align = Align::Right});
        cairo_show_page(cairo_);
    }
    /// One line, cut to `most` points; gives its height.
    double text(double x, double y, double most, const std::string& words, Style style) {
        const Layout layout{pango_cairo_create_layout(cairo_)};
        const Font font{pango_font_description_from_string("Sans")};
        pango_font_description_set_absolute_size(font.get(), style.size * PANGO_SCALE);
        if (style.is_bold) pango_font_description_set_weight(font.get(), PANGO_WEIGHT_BOLD);
        pango_layout_set_font_description(layout.get(), font.get());
        pango_layout_set_single_paragraph_mode(layout.get(), TRUE);
        pango_layout_set_width(layout.get(), static_cast<int>(most * PANGO_SCALE));
        pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
        pango_layout_set_alignment(layout.get(), style.align == Align::Right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
        pango_layout_set_text(layout.get(), valid(words).get(), -1);
        cairo_set_source_rgb(cairo_, style.colour.red, style.colour.green, style.colour.blue);
        cairo_move_to(cairo_, x, y);
        pango_cairo_show_layout(cairo_, layout.get());
        int high = 0;
        pango_layout_get_size(layout.get(), nullptr, &high);
        return static_cast<double>(high) / PANGO_SCALE;
    }
    void box(double x, double y, double wide, double high, Colour colour) {
        cairo_set_source_rgb(cairo_, colour.red, colour.green, colour.blue);
        cairo_rectangle(cairo_, x, y, wide, high);
        cairo_fill(cairo_);
    }

private:
    cairo_t* cairo_;
    std::string footer_;
    double y_ = margin;
    int page_ = 0;
};

void draw_head(Canvas& canvas, const Document& document) {
    canvas.down(canvas.text(margin, canvas.y(), width, document.title, {.size = 22, .is_bold = true}) + 2);
    canvas.down(canvas.text(margin, canvas.y(), width, document.subtitle, {.size = 10, .colour = grey}) + 14);
}

void draw_facts(Canvas& canvas, const std::vector<Fact>& facts) {
    constexpr std::size_t in_a_row = 4;
    constexpr double high = 44;
    const double wide = width / in_a_row;
    for (std::size_t i = 0; i < facts.size(); ++i) {
        const auto column = i % in_a_row;
        if (column == 0) canvas.need(high);
        const double x = margin + static_cast<double>(column) * wide;
        canvas.text(x, canvas.y(), wide - 8, facts[i].value, {.size = 16, .is_bold = true});
        canvas.text(x, canvas.y() + 22, wide - 8, facts[i].label, {.size = 8, .colour = grey});
        if (column + 1 == in_a_row || i + 1 == facts.size()) canvas.down(high);
    }
}

void draw_title(Canvas& canvas, const std::string& title) {
    canvas.down(10);
    canvas.down(canvas.text(margin, canvas.y(), width, title, {.size = 12, .is_bold = true}) + 6);
}

void draw_chart(Canvas& canvas, const Chart& chart) {
    constexpr double high = 90;
    canvas.need(high + 60);
    draw_title(canvas, chart.title);
    const double highest = chart.values.empty() ? 0 : std::ranges::max(chart.values);
    canvas.text(margin, canvas.y(), width, chart.highest, {.size = 7.5, .colour = grey});
    canvas.down(12);
    canvas.box(margin, canvas.y(), width, 0.5, line);
    const double wide = width / static_cast<double>(std::max<std::size_t>(chart.values.size(), 1));
    for (std::size_t i = 0; i < chart.values.size() && highest > 0; ++i) {
        const double tall = high * chart.values[i] / highest;
        canvas.box(margin + static_cast<double>(i) * wide, canvas.y() + high - tall, std::max(wide * 0.8, 0.5), tall, accent);
    }
    canvas.down(high);
    canvas.box(margin, canvas.y(), width, 0.5, grey);
    canvas.down(3);
    canvas.text(margin, canvas.y(), width / 2, chart.from, {.size = 7.5, .colour = grey});
    canvas.text(margin + width / 2, canvas.y(), width / 2, chart.to, {.size = 7.5, .colour = grey, .align = Align::Right});
    canvas.down(14);
}

/// A line of a table: a text a column.
void draw_row(Canvas& canvas, const Table& table, const std::vector<std::string>& texts, Style style) {
    double shares = 0, x = margin;
    for (const auto& column : table.columns) shares += column.share;
    for (std::size_t i = 0; i < table.columns.size() && i < texts.size(); ++i) {
        const double wide = width * table.columns[i].share / shares;
        style.align = table.columns[i].is_number ? Align::Right : Align::Left;
        canvas.text(x, canvas.y(), wide - 6, texts[i], style);
        x += wide;
    }
}

void draw_table(Canvas& canvas, const Table& table) {
    constexpr double high = 15;
    std::vector<std::string> titles;
    for (const auto& column : table.columns) titles.push_back(column.title);
    const auto draw_titles = [&] {
        draw_row(canvas, table, titles, {.size = 7.5, .colour = grey});
        canvas.down(12);
        canvas.box(margin, canvas.y(), width, 0.5, line);
        canvas.down(3);
    };
    canvas.need(4 * high + 30);
    draw_title(canvas, table.title);
    if (table.rows.empty()) {
        canvas.down(canvas.text(margin, canvas.y(), width, table.empty, {.colour = grey}) + 4);
        return;
    }
    draw_titles();
    for (const auto& row : table.rows) {
        if (canvas.need(high)) draw_titles();
        draw_row(canvas, table, row, {});
        canvas.down(high);
    }
}

std::string iso_time(WallTime at) {
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss<Seconds> clock{std::chrono::floor<Seconds>(at - day)};
    const auto two = [](auto number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    return std::to_string(static_cast<int>(date.year())) + '-' + two(static_cast<unsigned>(date.month())) + '-' +
           two(static_cast<unsigned>(date.day())) + 'T' + two(clock.hours().count()) + ':' + two(clock.minutes().count()) + ':' +
           two(clock.seconds().count()) + 'Z';
}

}  // namespace

Result<std::string> to_pdf(const Document& document) {
    std::string bytes;
    const Surface surface{cairo_pdf_surface_create_for_stream(append, &bytes, page_width, page_height)};
    const auto made_at = iso_time(document.made_at);
    for (const auto& [key, value] :
         {std::pair{CAIRO_PDF_METADATA_TITLE, document.title}, std::pair{CAIRO_PDF_METADATA_AUTHOR, document.author},
          std::pair{CAIRO_PDF_METADATA_CREATE_DATE, made_at}, std::pair{CAIRO_PDF_METADATA_MOD_DATE, made_at}})
        cairo_pdf_surface_set_metadata(surface.get(), key, valid(value).get());
    const Cairo cairo{cairo_create(surface.get())};
    Canvas canvas{cairo.get(), document.footer};
    draw_head(canvas, document);
    draw_facts(canvas, document.facts);
    for (const auto& chart : document.charts) draw_chart(canvas, chart);
    for (const auto& table : document.tables) draw_table(canvas, table);
    canvas.end_page();
    cairo_surface_finish(surface.get());
    for (const auto status : {cairo_status(cairo.get()), cairo_surface_status(surface.get())})
        if (status != CAIRO_STATUS_SUCCESS)
            return failed(Code::Internal, std::string{"cairo: "} + cairo_status_to_string(status));
    return bytes;
}

}  // namespace vivi::report
