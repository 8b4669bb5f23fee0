// SPDX-License-Identifier: MIT
// HODGPY_API marks the classes and functions that libhodgpy.so gives to the thin binaries built on
// it (the `hhc` command, the Python extension). All else in the library, LLVM above all, is hidden.
#pragma once

#define HODGPY_API __attribute__((visibility("default")))
