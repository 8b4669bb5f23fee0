// SPDX-License-Identifier: MIT
#include "support/atomic_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <unistd.h>

namespace hhc {

bool write_atomically(const std::string& path, std::string_view bytes, std::string& why) {
    const std::string temporary = path + "." + std::to_string(::getpid()) + ".part";
    std::ofstream stream(temporary, std::ios::binary | std::ios::trunc);
    stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    stream.close();
    std::error_code error;
    if (!stream) {
        why = std::strerror(errno);
        std::filesystem::remove(temporary, error);
        return false;
    }
    std::filesystem::rename(temporary, path, error);
    if (error) {
        why = error.message();
        std::filesystem::remove(temporary, error);
        return false;
    }
    return true;
}

} // namespace hhc
