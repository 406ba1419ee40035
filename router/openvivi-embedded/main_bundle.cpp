// vivi-bundle: makes and verifies signed bundles of software.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/bundle_command.hpp"

int main(int argc, char** argv) { return vivi::openvivi_embedded::bundle_command(argc, argv); }
