sep_add_test(train batch TORCH)
sep_add_test(train loss TORCH)
sep_add_test(train trainer TORCH)
sep_add_test(train sampler TORCH)
