// bridged: the broker between router and server.
// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/daemon.hpp"
#include "router/bridged/daemon.hpp"

int main(int argc, char** argv) { return vivi::run_daemon(vivi::bridged::program(), argc, argv); }
