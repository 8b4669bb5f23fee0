// SPDX-License-Identifier: MIT
// Opens a model library (a shared object made by `hhc -o model.so`) after looking at its header.
#pragma once

#include "abi/kernel_abi.h"
#include "kernel/kernel_table.h"

#include <memory>
#include <string>
#include <vector>

namespace hodg::kernel {

struct OpenLibrary {
    std::shared_ptr<const void> code; // keeps the library loaded
    const hhk_library* library = nullptr;
    std::vector<AddressRange> ranges; // where it may point to
    bool sealed = false;              // ends in a seal, which fits
};

/// Throws Error HH8501 to HH8503, and HH8506 where a seal does not fit; the tables inside are not
/// looked at yet.
OpenLibrary open_library(const std::string& path);

} // namespace hodg::kernel
