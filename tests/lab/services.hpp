// The engines from Debian that Vivi stands on, each with its configuration in the state folder: what to write and what to start.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/core/result.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/settings.hpp"

namespace vivi::lab {

/// A Redis on 127.0.0.1:port of the namespace, append-only with this fsync policy ("always", "everysec").
Result<Spec> redis(const Settings& settings, const std::string& name, const std::string& network_namespace, std::uint16_t port,
                   const std::string& fsync);
/// RabbitMQ with its epmd and distribution on 127.0.0.1 of the namespace, port 5672, user guest.
Result<Spec> rabbitmq(const Settings& settings, const std::string& name, const std::string& network_namespace);
/// A fresh PostgreSQL cluster with the role vivi_owner and its database vivi, on 127.0.0.1:5432 of the server's namespace.
Result<Spec> postgres(const Settings& settings);
/// Creates role and database in the running cluster.
Status prepare_postgres(const Settings& settings);
/// The router's resolver behind dnsd, and guests' while dnsd is down: port 5335 of every address, asking the simulated internet.
Result<Spec> unbound(const Settings& settings);

}  // namespace vivi::lab
