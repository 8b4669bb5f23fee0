target_link_libraries(${target} PRIVATE hodg_sim)
