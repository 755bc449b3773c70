# SoX: target SoX::sox, from pkg-config where it is there.
find_package(PkgConfig QUIET)
if(PKG_CONFIG_FOUND)
  pkg_check_modules(PC_SoX QUIET sox)
endif()
find_path(SoX_INCLUDE_DIR sox.h HINTS ${PC_SoX_INCLUDE_DIRS})
find_library(SoX_LIBRARY sox HINTS ${PC_SoX_LIBRARY_DIRS})
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SoX REQUIRED_VARS SoX_LIBRARY SoX_INCLUDE_DIR
                                  VERSION_VAR PC_SoX_VERSION)
if(SoX_FOUND AND NOT TARGET SoX::sox)
  add_library(SoX::sox UNKNOWN IMPORTED)
  set_target_properties(SoX::sox PROPERTIES
    IMPORTED_LOCATION "${SoX_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${SoX_INCLUDE_DIR}")
endif()
mark_as_advanced(SoX_INCLUDE_DIR SoX_LIBRARY)
