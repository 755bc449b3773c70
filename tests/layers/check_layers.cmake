cmake_policy(VERSION 3.22)
# Fails where a file of a layer includes a layer to its right, or where LibTorch shows
# up in front of `model`: cmake -DSOURCE_DIR=… -P check_layers.cmake
#
# The libraries link one another, but every header is reachable from the repository's
# root, so only this test stops an upward include.
set(layers core audio dsp metrics data model separation train eval experiment)
set(torch_free core audio dsp metrics data)
# What a layer may include, where that is less than all to its left.
set(allowed_dsp core dsp)
set(allowed_metrics core metrics)

set(faults "")
set(seen "")
set(num_files 0)
foreach(layer IN LISTS layers)
  list(APPEND seen ${layer})
  set(allowed ${seen})
  if(DEFINED allowed_${layer})
    set(allowed ${allowed_${layer}})
  endif()
  file(GLOB_RECURSE files ${SOURCE_DIR}/libsep/${layer}/*.h ${SOURCE_DIR}/libsep/${layer}/*.cpp
       ${SOURCE_DIR}/tests/${layer}/*.cpp)
  foreach(file IN LISTS files)
    math(EXPR num_files "${num_files} + 1")
    file(STRINGS ${file} includes REGEX "^[ \t]*#[ \t]*include")
    foreach(line IN LISTS includes)
      if(line MATCHES "\"libsep/([a-z_]+)/" AND NOT CMAKE_MATCH_1 IN_LIST allowed)
        string(APPEND faults "${file}: ${line}: ${layer} may include ${allowed}\n")
      endif()
      if(layer IN_LIST torch_free AND line MATCHES "[<\"](torch|ATen|c10)/|catch_torch")
        string(APPEND faults "${file}: ${line}: ${layer} does without LibTorch\n")
      endif()
    endforeach()
  endforeach()
endforeach()

if(num_files LESS 20)
  message(FATAL_ERROR "only ${num_files} files found below ${SOURCE_DIR}/libsep: wrong folder?")
endif()
if(faults)
  message(FATAL_ERROR "includes against the order of the layers:\n${faults}")
endif()
message(STATUS "${num_files} files include only what they may")
