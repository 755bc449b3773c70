sep_add_test(metrics bss_scale)
sep_add_test(metrics bss_scale_edges)
sep_add_test(metrics golden_scores LABELS golden)
