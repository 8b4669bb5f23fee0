# Recorders are tested in a network.
target_link_libraries(${target} PRIVATE hodg_sim)
