# The commands, run as programs.
foreach(name commands evaluation faults hour joint kill_points kills memory mixtures models nussl paths
             separate threads)
  set(target test_end_to_end_${name})
  add_executable(${target} end_to_end/${name}.cpp)
  target_link_libraries(${target} PRIVATE libsep::synthesis libsep::mixing SndFile::sndfile sep_catch_main)
  target_compile_definitions(${target} PRIVATE
    LIBSEP_APPS_DIR="${PROJECT_BINARY_DIR}/apps" LIBSEP_SHARED_DIR="${LIBSEP_SHARED_DIR}"
    LIBSEP_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  sep_warnings(${target})
  if(LIBSEP_BUILD_APPS)
    add_dependencies(${target} sep-train sep-eval sep-separate sep-data)
    add_test(NAME end_to_end.${name} COMMAND ${target})
    set_tests_properties(end_to_end.${name} PROPERTIES
      LABELS end_to_end SKIP_RETURN_CODE 77 TIMEOUT 1200)
  endif()
endforeach()
# Sees, and ends, what a program does to files.
add_library(file_operations MODULE support/file_operations.cpp)
target_compile_features(file_operations PRIVATE cxx_std_17)
target_link_libraries(file_operations PRIVATE ${CMAKE_DL_LIBS})
add_dependencies(test_end_to_end_kill_points file_operations)
target_compile_definitions(test_end_to_end_kill_points PRIVATE
  LIBSEP_FILE_OPERATIONS="$<TARGET_FILE:file_operations>")

# GCC's leak checker, put before a program that knows nothing of it.
execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=liblsan.so
  OUTPUT_VARIABLE leak_checker OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT IS_ABSOLUTE "${leak_checker}" OR LIBSEP_SANITIZE)
  set(leak_checker "")
endif()
add_executable(leaking end_to_end/leaking.cpp)
add_dependencies(test_end_to_end_memory leaking)
target_compile_definitions(test_end_to_end_memory PRIVATE
  LIBSEP_LEAK_CHECKER="${leak_checker}" LIBSEP_LEAKING_PROGRAM="$<TARGET_FILE:leaking>")

if(LIBSEP_BUILD_APPS)
  add_test(NAME end_to_end.valgrind COMMAND test_end_to_end_memory "[.valgrind]" -w NoTests)
  add_test(NAME end_to_end.kill_points_legacy
    COMMAND test_end_to_end_kill_points "[.legacy]" -w NoTests)
  set_tests_properties(end_to_end.hour end_to_end.kill_points_legacy end_to_end.kills
                       end_to_end.valgrind PROPERTIES
    LABELS "end_to_end;long" SKIP_RETURN_CODE 77 TIMEOUT 7200)

  # The pages of reports in headless Chromium; skipped where it is not installed.
  find_package(Python3 QUIET COMPONENTS Interpreter)
  if(Python3_FOUND)
    add_test(NAME browser.pages COMMAND ${Python3_EXECUTABLE}
      ${CMAKE_CURRENT_SOURCE_DIR}/end_to_end/browser.py ${PROJECT_BINARY_DIR}/apps)
  else()
    add_test(NAME browser.pages COMMAND sh -c "echo SKIPPED: no Python 3; exit 77")
  endif()
  set_tests_properties(browser.pages PROPERTIES
    LABELS "browser;long" SKIP_RETURN_CODE 77 TIMEOUT 600)

  # The figures of the reproduction, from its committed scores.
  add_test(NAME experiments.reproduction
    COMMAND ${PROJECT_SOURCE_DIR}/experiments/reproduction/check.sh)
  set_tests_properties(experiments.reproduction PROPERTIES
    LABELS experiments SKIP_RETURN_CODE 77)

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
  add_test(NAME consumer.train COMMAND ${CMAKE_COMMAND}
    -DPREFIX=${consumer}/prefix -DSOURCE=${CMAKE_CURRENT_SOURCE_DIR}/consumer/train
    -DBINARY=${consumer}/train -DPROGRAM=my_train
    "-DARGUMENTS=${consumer}/small.yaml;--data;${consumer}/pieces;--out;${consumer}/mine;--folds;1;--instruments;violin"
    -DEXPECT=${consumer}/mine/fold-01/violin/best.safetensors
    -P ${CMAKE_CURRENT_SOURCE_DIR}/consumer/check_consumer.cmake)
  add_test(NAME consumer.data COMMAND ${CMAKE_COMMAND}
    -DPREFIX=${consumer}/prefix -DSOURCE=${CMAKE_CURRENT_SOURCE_DIR}/consumer/data
    -DBINARY=${consumer}/data -DPROGRAM=my_data -DWITHOUT_TORCH=ON
    "-DARGUMENTS=verify;${consumer}/pieces;--csv;${consumer}/files.csv"
    -DEXPECT=${consumer}/files.csv
    -P ${CMAKE_CURRENT_SOURCE_DIR}/consumer/check_consumer.cmake)
  set_tests_properties(consumer.data consumer.metrics consumer.separate consumer.train PROPERTIES
    LABELS consumer FIXTURES_REQUIRED installed)
endif()
