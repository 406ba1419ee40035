// Listening on a unix socket.
// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/unix_socket.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "common/runtime/daemon.hpp"

namespace vivi {

UnixAcceptor listen_unix(const net::any_io_executor& executor, const std::string& path) {
    const net::local::stream_protocol::endpoint endpoint{path};
    boost::system::error_code error;
    UnixSocket probe{executor};
    probe.connect(endpoint, error);
    if (!error)
        throw Fatal{Error{Code::Conflict, path + ": another instance is running; stop it first"}};
    ::unlink(path.c_str());
    try {
        UnixAcceptor acceptor{executor, endpoint};
        ::chmod(path.c_str(), 0660);
        return acceptor;
    } catch (const boost::system::system_error& failure) {
        throw Fatal{Error{Code::Unavailable, path + ": cannot listen: " + failure.code().message() + " (does its folder exist?)"}};
    }
}

}  // namespace vivi
