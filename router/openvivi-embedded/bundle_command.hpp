// vivi-bundle: makes the keys and bundles of releases, away from every server, and checks them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace vivi::openvivi_embedded {

/// `vivi-bundle key FILE`, `make …`, `verify …`; without arguments it says how. 0, 1 (failed), 64 (wrong arguments).
int bundle_command(int argc, char** argv);

}  // namespace vivi::openvivi_embedded
