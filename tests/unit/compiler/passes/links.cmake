#Passes are compared with the interpreter; codes.def is read by the sink.
target_link_libraries(${target} PRIVATE hhc_interp)
