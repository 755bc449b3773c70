# Ebur128: target Ebur128::ebur128, from pkg-config where it is there.
find_package(PkgConfig QUIET)
if(PKG_CONFIG_FOUND)
  pkg_check_modules(PC_Ebur128 QUIET libebur128)
endif()
find_path(Ebur128_INCLUDE_DIR ebur128.h HINTS ${PC_Ebur128_INCLUDE_DIRS})
find_library(Ebur128_LIBRARY ebur128 HINTS ${PC_Ebur128_LIBRARY_DIRS})
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Ebur128 REQUIRED_VARS Ebur128_LIBRARY Ebur128_INCLUDE_DIR
                                  VERSION_VAR PC_Ebur128_VERSION)
if(Ebur128_FOUND AND NOT TARGET Ebur128::ebur128)
  add_library(Ebur128::ebur128 UNKNOWN IMPORTED)
  set_target_properties(Ebur128::ebur128 PROPERTIES
    IMPORTED_LOCATION "${Ebur128_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${Ebur128_INCLUDE_DIR}")
endif()
mark_as_advanced(Ebur128_INCLUDE_DIR Ebur128_LIBRARY)
