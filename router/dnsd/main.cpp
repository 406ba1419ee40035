// vivi-dnsd: answers every DNS query of the guests as the policy says.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/daemon.hpp"

int main(int argc, char** argv) { return vivi::run_daemon(vivi::dnsd::program(), argc, argv); }
