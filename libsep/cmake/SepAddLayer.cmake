# sep_add_layer(NAME SOURCES … PUBLIC … PRIVATE … [TORCH] [FOLDER …])
#
# One library a layer, static or as BUILD_SHARED_LIBS says: target sep_NAME, alias
# libsep::NAME, its sources in FOLDER (NAME). TORCH lets the layer share the one precompiled
# header of LibTorch.
function(sep_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wshadow -Wconversion)
  if(LIBSEP_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

function(sep_sanitize target)
  if(LIBSEP_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${LIBSEP_SANITIZE}
                           -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${LIBSEP_SANITIZE})
  endif()
  if(LIBSEP_BUILD_FUZZERS)  # libFuzzer is to see which code an input reaches
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
endfunction()

# The header torch/torch.h costs about 20 s a file; precompiled once it costs half.
# A compiler takes a precompiled header only with the flags it was made with, so that
# executables are compiled as the libraries are.
function(sep_torch_header target)
  if(TARGET sep_torch_pch)
    get_target_property(type ${target} TYPE)
    if(type STREQUAL "EXECUTABLE")
      target_compile_options(${target} PRIVATE -fPIC)
    endif()
    target_precompile_headers(${target} REUSE_FROM sep_torch_pch)
  endif()
endfunction()

function(sep_add_layer name)
  cmake_parse_arguments(ARG "TORCH" "FOLDER" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  set(target sep_${name})
  if(NOT ARG_FOLDER)
    set(ARG_FOLDER ${name})
  endif()
  list(TRANSFORM ARG_SOURCES PREPEND ${ARG_FOLDER}/)
  add_library(${target} ${ARG_SOURCES})
  add_library(libsep::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name}
                        POSITION_INDEPENDENT_CODE ON VERSION ${PROJECT_VERSION}
                        SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
                        INSTALL_RPATH $ORIGIN)
  target_compile_features(${target} PUBLIC cxx_std_17)
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                             $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(${target} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  sep_warnings(${target})
  sep_sanitize(${target})
  if(ARG_TORCH)
    sep_torch_header(${target})
  endif()
  install(TARGETS ${target} EXPORT libsepTargets
          ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
          LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endfunction()
