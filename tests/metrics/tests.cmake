sep_add_test(metrics bss_scale)
sep_add_test(metrics bss_scale_edges)
sep_add_test(metrics bss_eval)
# Factors of 2,048 rows take minutes under sanitizers; bss_eval reaches the same code.
if(LIBSEP_SANITIZE)
  set(sep_length long)
endif()
sep_add_test(metrics golden_bss_eval LABELS golden ${sep_length})
sep_add_test(metrics golden_scores LABELS golden)
