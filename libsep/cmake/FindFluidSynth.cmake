# FluidSynth: target FluidSynth::libfluidsynth, a bare find_library: FluidSynth's own CMake
# package and pkg-config file ask for the development files of every sound system that it
# was built with, and libsep plays to none.
find_path(FluidSynth_INCLUDE_DIR fluidsynth.h)
find_library(FluidSynth_LIBRARY fluidsynth)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(FluidSynth
                                  REQUIRED_VARS FluidSynth_LIBRARY FluidSynth_INCLUDE_DIR)
if(FluidSynth_FOUND AND NOT TARGET FluidSynth::libfluidsynth)
  add_library(FluidSynth::libfluidsynth UNKNOWN IMPORTED)
  set_target_properties(FluidSynth::libfluidsynth PROPERTIES
    IMPORTED_LOCATION "${FluidSynth_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${FluidSynth_INCLUDE_DIR}")
endif()
mark_as_advanced(FluidSynth_INCLUDE_DIR FluidSynth_LIBRARY)
