# What the commands share; it needs no LibTorch.
sep_add_test(commands run_main TARGET libsep::commands_data LINK CLI11::CLI11)
if(LIBSEP_BUILD_APPS)
  add_test(NAME commands.without_torch COMMAND ${CMAKE_COMMAND}
    -DPROGRAM=$<TARGET_FILE:sep-data>
    -P ${CMAKE_CURRENT_SOURCE_DIR}/commands/without_torch.cmake)
  set_tests_properties(commands.without_torch PROPERTIES LABELS commands)
endif()
