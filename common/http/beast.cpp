// Beast, compiled once for every program (BOOST_BEAST_SEPARATE_COMPILATION).
// SPDX-License-Identifier: Apache-2.0

// basic_parser asserts (n >= 5, in parse_chunk_header of Boost 1.81) what a peer decides: the last chunk "0\r\n" followed by its "\r"
// alone would end the process. The code after the assertion handles it; found by tests/fuzz/http_response.
#define BOOST_DISABLE_ASSERTS
#include <boost/beast/src.hpp>
