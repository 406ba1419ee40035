// openvivi-embedded: keeps the router within reach of its hub, and answers what it is asked through the tunnel.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/daemon.hpp"

int main(int argc, char** argv) { return vivi::run_daemon(vivi::openvivi_embedded::program(), argc, argv); }
