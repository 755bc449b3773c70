# The commands, run as programs.
add_executable(test_end_to_end_commands end_to_end/commands.cpp)
target_link_libraries(test_end_to_end_commands PRIVATE libsep::data sep_catch_main)
target_compile_definitions(test_end_to_end_commands PRIVATE
  LIBSEP_APPS_DIR="${PROJECT_BINARY_DIR}/apps" LIBSEP_SHARED_DIR="${LIBSEP_SHARED_DIR}")
sep_warnings(test_end_to_end_commands)
if(LIBSEP_BUILD_APPS)
  add_dependencies(test_end_to_end_commands sep-train sep-eval sep-data)
  add_test(NAME end_to_end.commands COMMAND test_end_to_end_commands)
  set_tests_properties(end_to_end.commands PROPERTIES LABELS end_to_end TIMEOUT 1200)

  # An installed libsep, used by others.
  set(consumer ${PROJECT_BINARY_DIR}/consumer)
  add_test(NAME consumer.prepare COMMAND ${CMAKE_COMMAND}
    -DBUILD=${PROJECT_BINARY_DIR} -DCONSUMER=${consumer}
    -P ${CMAKE_CURRENT_SOURCE_DIR}/consumer/prepare.cmake)
  set_tests_properties(consumer.prepare PROPERTIES LABELS consumer FIXTURES_SETUP installed)
  add_test(NAME consumer.metrics COMMAND ${CMAKE_COMMAND}
    -DPREFIX=${consumer}/prefix -DSOURCE=${CMAKE_CURRENT_SOURCE_DIR}/consumer/metrics
    -DBINARY=${consumer}/metrics -DPROGRAM=score -DWITHOUT_TORCH=ON
    -P ${CMAKE_CURRENT_SOURCE_DIR}/consumer/check_consumer.cmake)
  add_test(NAME consumer.separate COMMAND ${CMAKE_COMMAND}
    -DPREFIX=${consumer}/prefix -DSOURCE=${CMAKE_CURRENT_SOURCE_DIR}/consumer/separate
    -DBINARY=${consumer}/separate -DPROGRAM=separate
    "-DARGUMENTS=${consumer}/violin.safetensors;${consumer}/mixture.wav;${consumer}/violin.wav"
    -DEXPECT=${consumer}/violin.wav
    -P ${CMAKE_CURRENT_SOURCE_DIR}/consumer/check_consumer.cmake)
  set_tests_properties(consumer.metrics consumer.separate PROPERTIES
    LABELS consumer FIXTURES_REQUIRED installed)
endif()
