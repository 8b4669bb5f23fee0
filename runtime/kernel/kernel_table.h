// SPDX-License-Identifier: MIT
// Takes the ABI table of a compiled model and refuses it politely when it cannot be run here.
#pragma once

#include "abi/kernel_abi.h"

#include <cstdint>
#include <span>

namespace hodg::kernel {

/// A range of addresses, and whether code may lie there.
struct AddressRange {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    bool executable = false;
};

/// Throws Error HH8504 to HH8506. With `ranges`, every pointer must lie in one of them (a library
/// from a file); without, pointers are only required not to be null.
void check_model_table(const hhk_model* table, std::span<const AddressRange> ranges = {});

/// The same for the list of models of a library.
void check_library_table(const hhk_library* library, std::span<const AddressRange> ranges);

} // namespace hodg::kernel
