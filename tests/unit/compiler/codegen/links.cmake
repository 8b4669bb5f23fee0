# MPFR is the reference of the math functions, Random123 that of the random words.
target_link_libraries(${target} PRIVATE mpfr gmp)
