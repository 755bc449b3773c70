# The one list of what libsep needs, for the build and for the installed package.
#
# In the build every group is looked for. Inside find_package(libsep COMPONENTS …)
# a group is looked for only where one of its components was asked for, so that
# libsep::metrics needs neither LibTorch nor its headers.
include(CMakeFindDependencyMacro)

set(libsep_base_components core audio dsp metrics data synthesis mixing checkpoint report
    commands_data)
set(libsep_torch_components model separation train eval experiment commands libsep)

macro(libsep_need)
  if(CMAKE_FIND_PACKAGE_NAME STREQUAL "libsep")
    find_dependency(${ARGN})
  else()
    find_package(${ARGN} REQUIRED)
  endif()
endmacro()

set(libsep_need_torch ${LIBSEP_WITH_TORCH})
if(CMAKE_FIND_PACKAGE_NAME STREQUAL "libsep")
  set(libsep_need_torch ${libsep_has_torch})
  if(libsep_FIND_COMPONENTS)
    set(libsep_need_torch OFF)
    foreach(component IN LISTS libsep_FIND_COMPONENTS)
      if(component IN_LIST libsep_torch_components)
        set(libsep_need_torch ${libsep_has_torch})
      endif()
    endforeach()
  endif()
endif()

libsep_need(Threads)
libsep_need(fmt)
libsep_need(yaml-cpp)
libsep_need(nlohmann_json)
libsep_need(Utf8proc)  # names of files
libsep_need(SndFile)
libsep_need(Mpg123)
libsep_need(FFTW3)
if(NOT CMAKE_FIND_PACKAGE_NAME STREQUAL "libsep")
  # Headers alone: no matter to who links libsep.
  find_package(Eigen3 3.3 REQUIRED NO_MODULE)
  find_path(XxHash_INCLUDE_DIR xxhash.h REQUIRED)
  find_package(CLI11 REQUIRED)
endif()
libsep_need(Ebur128)
libsep_need(Soxr)
libsep_need(PNG)  # pictures of reports
find_package(SoX QUIET)  # pitch and tempo of training mixtures
find_package(FluidSynth QUIET MODULE)  # plays chorales
find_package(LibZip QUIET)  # models that PyTorch saved
if(NOT TARGET yaml-cpp::yaml-cpp)  # yaml-cpp 0.7 exports the bare name
  add_library(yaml-cpp::yaml-cpp INTERFACE IMPORTED GLOBAL)
  set_target_properties(yaml-cpp::yaml-cpp PROPERTIES INTERFACE_LINK_LIBRARIES yaml-cpp)
endif()

if(libsep_need_torch)
  libsep_need(Torch)
  if(NOT TARGET Torch::Torch)  # TorchConfig gives variables
    add_library(Torch::Torch INTERFACE IMPORTED GLOBAL)
    set_target_properties(Torch::Torch PROPERTIES
      INTERFACE_LINK_LIBRARIES "${TORCH_LIBRARIES}"
      INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${TORCH_INCLUDE_DIRS}")
    separate_arguments(libsep_torch_flags UNIX_COMMAND "${TORCH_CXX_FLAGS}")
    if(libsep_torch_flags)
      set_target_properties(Torch::Torch PROPERTIES
        INTERFACE_COMPILE_OPTIONS "${libsep_torch_flags}")
    endif()
    # Python's torch package has headers of another fmt among its own: ours come first.
    get_target_property(libsep_fmt_headers fmt::fmt INTERFACE_INCLUDE_DIRECTORIES)
    list(GET libsep_fmt_headers 0 libsep_fmt_headers)
    file(REAL_PATH "${libsep_fmt_headers}/fmt" libsep_fmt_headers)
    foreach(folder IN LISTS TORCH_INCLUDE_DIRS)
      file(REAL_PATH "${folder}/fmt" libsep_other_fmt)
      if(NOT EXISTS "${libsep_other_fmt}/format.h" OR
         libsep_other_fmt STREQUAL libsep_fmt_headers)
        continue()
      elseif(NOT EXISTS "${libsep_fmt_headers}/format.h")
        message(WARNING "${folder} has headers of fmt that may come before those of the "
                        "fmt that was found, whose folder is not known")
        break()
      endif()
      set(libsep_fmt_first ${CMAKE_BINARY_DIR}/libsep_fmt_first)
      file(MAKE_DIRECTORY ${libsep_fmt_first})
      file(CREATE_LINK "${libsep_fmt_headers}" ${libsep_fmt_first}/fmt SYMBOLIC)
      set_target_properties(Torch::Torch PROPERTIES
        INTERFACE_INCLUDE_DIRECTORIES ${libsep_fmt_first})
      break()
    endforeach()
  endif()
  # oneDNN carries the fast LSTM on CPU; without it LibTorch's own is used.
  find_package(OneDNN QUIET)
endif()
