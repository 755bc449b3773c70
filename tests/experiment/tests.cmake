sep_add_test(experiment configs TORCH)
sep_add_test(experiment run_directory TORCH)
sep_add_test(experiment run_plan TORCH)
sep_add_test(experiment fold_examples TORCH)
