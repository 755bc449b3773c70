# SndFile: target SndFile::sndfile, from pkg-config where it is there.
find_package(PkgConfig QUIET)
if(PKG_CONFIG_FOUND)
  pkg_check_modules(PC_SndFile QUIET sndfile)
endif()
find_path(SndFile_INCLUDE_DIR sndfile.h HINTS ${PC_SndFile_INCLUDE_DIRS})
find_library(SndFile_LIBRARY sndfile HINTS ${PC_SndFile_LIBRARY_DIRS})
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SndFile REQUIRED_VARS SndFile_LIBRARY SndFile_INCLUDE_DIR
                                  VERSION_VAR PC_SndFile_VERSION)
if(SndFile_FOUND AND NOT TARGET SndFile::sndfile)
  add_library(SndFile::sndfile UNKNOWN IMPORTED)
  set_target_properties(SndFile::sndfile PROPERTIES
    IMPORTED_LOCATION "${SndFile_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${SndFile_INCLUDE_DIR}")
endif()
mark_as_advanced(SndFile_INCLUDE_DIR SndFile_LIBRARY)
