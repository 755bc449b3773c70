# Soxr: target Soxr::soxr, from pkg-config where it is there.
find_package(PkgConfig QUIET)
if(PKG_CONFIG_FOUND)
  pkg_check_modules(PC_Soxr QUIET soxr)
endif()
find_path(Soxr_INCLUDE_DIR soxr.h HINTS ${PC_Soxr_INCLUDE_DIRS})
find_library(Soxr_LIBRARY soxr HINTS ${PC_Soxr_LIBRARY_DIRS})
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Soxr REQUIRED_VARS Soxr_LIBRARY Soxr_INCLUDE_DIR
                                  VERSION_VAR PC_Soxr_VERSION)
if(Soxr_FOUND AND NOT TARGET Soxr::soxr)
  add_library(Soxr::soxr UNKNOWN IMPORTED)
  set_target_properties(Soxr::soxr PROPERTIES
    IMPORTED_LOCATION "${Soxr_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${Soxr_INCLUDE_DIR}")
endif()
mark_as_advanced(Soxr_INCLUDE_DIR Soxr_LIBRARY)
