# What of model does without LibTorch, so that the sanitizers see it.
sep_add_test(model pickle TARGET libsep::checkpoint)
if(TARGET LibZip::zip)
  sep_add_test(model nussl_file TARGET libsep::checkpoint LINK LibZip::zip)
endif()
