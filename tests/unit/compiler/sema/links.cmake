target_link_libraries(${target} PRIVATE hhc_parse)
