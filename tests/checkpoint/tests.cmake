sep_add_test(checkpoint pickle)
if(TARGET LibZip::zip)
  sep_add_test(checkpoint nussl_file LINK LibZip::zip)
endif()
