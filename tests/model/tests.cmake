sep_add_test(model mask_inference TORCH)
sep_add_test(model model_file TORCH)
