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
