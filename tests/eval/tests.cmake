sep_add_test(eval score_row TORCH)
sep_add_test(eval tables TORCH)
sep_add_test(eval further_metrics TORCH LINK libsep::synthesis)
sep_add_test(eval evaluator TORCH LABELS reference LINK libsep::synthesis)
