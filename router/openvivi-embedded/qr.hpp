// A QR code as SVG. The only place of libqrencode.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace vivi::openvivi_embedded {

/// `text` (ISO/IEC 18004, error correction M) as one inline <svg> with a light quiet zone, so that it can be read in dark mode
/// too. Empty when it is too long for a code.
std::string qr_svg(const std::string& text);

}  // namespace vivi::openvivi_embedded
