/* SPDX-License-Identifier: MIT */
/* The seal at the end of a library of models: tells damage, before anything of the library runs. */
#ifndef HHK_LIBRARY_SEAL_H
#define HHK_LIBRARY_SEAL_H

/* A sealed file ends in these 16 bytes, then XXH64 (seed 0, little-endian) of all before them. */
#define HHK_SEAL "hodgpy-sealed-1"

/* hhk_library.reserved of a library that was written with a seal: without it, it was changed. */
enum { HHK_SEALED = 1 };

#endif
