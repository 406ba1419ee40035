// openvivi: the hub that routers dial.
// SPDX-License-Identifier: Apache-2.0
#include "server/hub/daemon.hpp"

int main(int argc, char** argv) { return vivi::run_daemon(vivi::hub::program(), argc, argv); }
