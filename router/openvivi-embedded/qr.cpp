// Modules of libqrencode, drawn row by row.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/qr.hpp"

#include <qrencode.h>

#include <memory>

namespace vivi::openvivi_embedded {
namespace {

constexpr int quiet = 4;  // ISO/IEC 18004 section 6.3.8

struct Freed {
    void operator()(QRcode* code) const noexcept { QRcode_free(code); }
};

}  // namespace

std::string qr_svg(const std::string& text) {
    const std::unique_ptr<QRcode, Freed> code{QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M)};
    if (!code) return {};
    std::string path;
    for (int y = 0; y < code->width; ++y) {
        for (int x = 0; x < code->width; ++x) {
            if ((code->data[y * code->width + x] & 1) != 0)
                path += 'M' + std::to_string(x + quiet) + ' ' + std::to_string(y + quiet) + "h1v1h-1z";
        }
    }
    const auto size = std::to_string(code->width + 2 * quiet);
    return "<svg class=\"qr\" role=\"img\" aria-label=\"QR\" viewBox=\"0 0 " + size + ' ' + size +
           "\"><path fill=\"#fff\" d=\"M0 0h" + size + 'v' + size + "H0z\"/><path fill=\"#000\" d=\"" + path + "\"/></svg>";
}

}  // namespace vivi::openvivi_embedded
