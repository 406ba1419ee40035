// vivi-sim-fleet: N routers that do not exist, with real tunnels and real sync sessions, for tests and benches of the server.
// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/fleet/fleet.hpp"

int main(int argc, char** argv) { return vivi::run_daemon(vivi::sim::fleet_program(), argc, argv); }
