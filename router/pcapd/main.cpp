// pcapd: watches the LAN and says who talks to whom.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/daemon.hpp"

int main(int argc, char** argv) { return vivi::run_daemon(vivi::pcapd::program(), argc, argv); }
