# Fails where a program is linked with LibTorch, which takes a quarter of a second to load:
# cmake -DPROGRAM=… -P without_torch.cmake
execute_process(COMMAND ldd ${PROGRAM} OUTPUT_VARIABLE libraries RESULT_VARIABLE code)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "ldd ${PROGRAM} ended with ${code}")
endif()
if(libraries MATCHES "libtorch|libc10")
  message(FATAL_ERROR "${PROGRAM} is linked with LibTorch:\n${libraries}")
endif()
