# Modules run in the interpreter; the texts of tests/diagnostics/lower and the shipped models come
# through the front end.
target_link_libraries(${target} PRIVATE hhc_parse hhc_sema hhc_interp)
