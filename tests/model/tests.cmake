sep_add_test(model blstm TORCH)
sep_add_test(model mask_inference TORCH)
sep_add_test(model model_file TORCH)
sep_add_test(model golden_mask_inference TORCH LABELS golden)
