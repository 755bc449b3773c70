# libsep used by others: installed, and as a part of their project.
set(check ${CMAKE_CURRENT_SOURCE_DIR}/consumer/check_consumer.cmake)
set(consumer ${PROJECT_BINARY_DIR}/consumer)

add_test(NAME consumer.subproject COMMAND ${CMAKE_COMMAND}
  -DSOURCE=${CMAKE_CURRENT_SOURCE_DIR}/consumer/subproject -DBINARY=${consumer}/subproject
  -DOPTIONS=-DLIBSEP=${PROJECT_SOURCE_DIR}$<SEMICOLON>-DLIBSEP_WITH_TORCH=${LIBSEP_WITH_TORCH}
  -P ${check})
set_tests_properties(consumer.subproject PROPERTIES LABELS consumer)

if(NOT LIBSEP_WITH_TORCH)
  add_test(NAME consumer.whole COMMAND ${CMAKE_COMMAND}
    -DINSTALL=${PROJECT_BINARY_DIR} -DPREFIX=${consumer}/prefix
    -DSOURCE=${CMAKE_CURRENT_SOURCE_DIR}/consumer/whole -DBINARY=${consumer}/whole
    -DPROGRAM=score -DWITHOUT_TORCH=ON -P ${check})
  set_tests_properties(consumer.whole PROPERTIES LABELS consumer)
endif()

add_test(NAME consumer.page COMMAND ${CMAKE_COMMAND}
  -DPAGE=${PROJECT_SOURCE_DIR}/docs/extending.md
  -DSOURCE=${CMAKE_CURRENT_SOURCE_DIR}/consumer/own_kinds
  -P ${CMAKE_CURRENT_SOURCE_DIR}/consumer/check_page.cmake)
set_tests_properties(consumer.page PROPERTIES LABELS consumer)

# A project with kinds of its own: built, held against golden vectors, then run.
if(LIBSEP_WITH_TORCH AND LIBSEP_BUILD_APPS)
  add_test(NAME consumer.own_kinds_build COMMAND ${CMAKE_COMMAND}
    -DPREFIX=${consumer}/prefix -DSOURCE=${CMAKE_CURRENT_SOURCE_DIR}/consumer/own_kinds
    -DBINARY=${consumer}/own_kinds -DPROGRAM=test_my_network
    "-DOPTIONS=$<$<BOOL:${SEP_CCACHE}>:-DCMAKE_CXX_COMPILER_LAUNCHER=${SEP_CCACHE}>"
    -DARGUMENTS=${CMAKE_CURRENT_SOURCE_DIR}/golden -P ${check})
  set_tests_properties(consumer.own_kinds_build PROPERTIES
    LABELS "consumer;golden" FIXTURES_REQUIRED installed FIXTURES_SETUP own_kinds)
  sep_add_test(consumer own_kinds TARGET libsep::audio)
  target_compile_definitions(test_consumer_own_kinds PRIVATE
    LIBSEP_APPS_DIR="${consumer}/own_kinds:${consumer}/prefix/bin")
  set_tests_properties(consumer.own_kinds PROPERTIES FIXTURES_REQUIRED "installed;own_kinds")
endif()
