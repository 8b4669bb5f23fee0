# Passes are compared with the interpreter, on modules by hand and on the shipped models.
target_link_libraries(${target} PRIVATE hhc_interp hhc_lower hhc_sema hhc_parse)
