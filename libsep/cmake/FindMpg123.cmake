# Mpg123: target Mpg123::mpg123, from pkg-config where it is there.
find_package(PkgConfig QUIET)
if(PKG_CONFIG_FOUND)
  pkg_check_modules(PC_Mpg123 QUIET libmpg123)
endif()
find_path(Mpg123_INCLUDE_DIR mpg123.h HINTS ${PC_Mpg123_INCLUDE_DIRS})
find_library(Mpg123_LIBRARY mpg123 HINTS ${PC_Mpg123_LIBRARY_DIRS})
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Mpg123 REQUIRED_VARS Mpg123_LIBRARY Mpg123_INCLUDE_DIR
                                  VERSION_VAR PC_Mpg123_VERSION)
if(Mpg123_FOUND AND NOT TARGET Mpg123::mpg123)
  add_library(Mpg123::mpg123 UNKNOWN IMPORTED)
  set_target_properties(Mpg123::mpg123 PROPERTIES
    IMPORTED_LOCATION "${Mpg123_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${Mpg123_INCLUDE_DIR}")
endif()
mark_as_advanced(Mpg123_INCLUDE_DIR Mpg123_LIBRARY)
