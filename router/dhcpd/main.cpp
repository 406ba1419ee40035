// vivi-dhcpd: gives every device an address, and remembers whose it is.
// SPDX-License-Identifier: Apache-2.0
#include "router/dhcpd/daemon.hpp"

int main(int argc, char** argv) { return vivi::run_daemon(vivi::dhcpd::program(), argc, argv); }
