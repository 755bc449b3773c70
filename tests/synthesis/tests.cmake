# The rules of the style, which hold what is composed.
add_library(sep_voice_leading STATIC support/voice_leading.cpp
  support/voice_leading_harmony.cpp support/voice_leading_score.cpp)
target_link_libraries(sep_voice_leading PUBLIC libsep::synthesis)
sep_warnings(sep_voice_leading)
sep_sanitize(sep_voice_leading)

sep_add_test(synthesis chorale LINK sep_voice_leading)
sep_add_test(synthesis chorale_dataset)
sep_add_test(synthesis chorale_files LINK sep_voice_leading)
sep_add_test(synthesis chorale_player LINK sep_voice_leading)
sep_add_test(synthesis ensemble LINK sep_voice_leading)
sep_add_test(synthesis synthetic LINK libsep::dsp)
sep_add_test(synthesis variation LINK sep_voice_leading)
sep_add_test(synthesis voice_leading LINK sep_voice_leading)
# FluidSynth loads sound fonts with OpenMP, whose barriers the thread sanitizer cannot see.
if(LIBSEP_SANITIZE MATCHES thread)
  set_tests_properties(synthesis.chorale_dataset synthesis.chorale_player PROPERTIES
    ENVIRONMENT OMP_NUM_THREADS=1)
endif()
