// SPDX-License-Identifier: MIT
// The reader of saved networks: any bytes are refused with an error of its own, or read within
// their bounds. The checksum of the head would stop the fuzzer at the door, so it is set right.
#include "archive/archive.h"
#include "archive/format.h"
#include "one_input.h"

#include "hodg/error.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

/// Checksums of head, index and arrays as a writer would have left them, where they can be told.
void repair(std::string& bytes) {
    using namespace hodg::archive;
    Head head;
    if (bytes.size() < sizeof(head)) {
        return;
    }
    std::memcpy(static_cast<void*>(&head), bytes.data(), sizeof(head));
    const auto fits = [&](std::uint64_t at, std::uint64_t count) {
        return at <= bytes.size() && count <= bytes.size() - at;
    };
    if (fits(head.index_offset, head.index_bytes)) {
        std::uint64_t at = head.index_offset;
        const std::uint64_t end = head.index_offset + head.index_bytes;
        for (std::uint64_t i = 0; i < head.sections && end - at >= sizeof(IndexRow); ++i) {
            IndexRow row;
            std::memcpy(&row, bytes.data() + at, sizeof(row));
            if (fits(row.offset, row.stored)) {
                row.checksum = checksum_of({bytes.data() + row.offset, row.stored});
                std::memcpy(bytes.data() + at, &row, sizeof(row));
            }
            at += sizeof(row) + std::min<std::uint64_t>(row.name_bytes, end - at - sizeof(row));
        }
        head.index_checksum = checksum_of({bytes.data() + head.index_offset, head.index_bytes});
    }
    head.checksum = checksum_of_head(head);
    std::memcpy(bytes.data(), &head, sizeof(head));
}

void read(const std::string& path) {
    try {
        const hodg::archive::In all(path);
        for (const std::string& part : all.parts()) {
            (void)all.in(part).parts();
            if (all.has(part)) {
                (void)all.raw(part, all.type(part), 8);
            }
        }
    } catch (const hodg::Error& error) {
        (void)error.message(); // refused, with a reason
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string path = "/dev/shm/archive_fuzz_" + std::to_string(getpid());
    std::string bytes(reinterpret_cast<const char*>(data), size);
    for (const bool repaired : {false, true}) {
        if (repaired) {
            repair(bytes);
        }
        std::FILE* file = std::fopen(path.c_str(), "wb");
        if (file == nullptr || std::fwrite(bytes.data(), 1, size, file) != size ||
            std::fclose(file) != 0) {
            std::abort();
        }
        read(path);
    }
    unlink(path.c_str());
    return 0;
}
