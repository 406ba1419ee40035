// vivi-install: takes a signed bundle, tries it, keeps it or goes back.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/install_program.hpp"

int main(int argc, char** argv) { return vivi::run_daemon(vivi::openvivi_embedded::install_program(), argc, argv); }
