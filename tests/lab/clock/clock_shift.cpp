// Preloaded into the router's daemons of a lab: their wall clock is the machine's and the seconds in a file.
// SPDX-License-Identifier: Apache-2.0
//
// The kernel has namespaces for the monotonic and the boot clock only (time_namespaces(7)), and the wall clock is everybody's.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

/// The file named by VIVI_CLOCK_SHIFT, mapped: eight bytes, which whoever runs the lab may write at any time.
const volatile std::int64_t* shift() {
    static const volatile std::int64_t nothing = 0;
    static const volatile std::int64_t* const mapped = [] {
        const char* path = std::getenv("VIVI_CLOCK_SHIFT");
        const int file = path == nullptr ? -1 : ::open(path, O_RDONLY | O_CLOEXEC);
        if (file < 0) return &nothing;
        void* const memory = ::mmap(nullptr, sizeof(std::int64_t), PROT_READ, MAP_SHARED, file, 0);
        ::close(file);
        return memory == MAP_FAILED ? &nothing : static_cast<const volatile std::int64_t*>(memory);
    }();
    return mapped;
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
    using Function = int (*)(clockid_t, timespec*);
    static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "clock_gettime"));
    const int result = real(clock, time);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += *shift();
    return result;
}
