sep_add_test(separation oracle TORCH LINK libsep::metrics)
sep_add_test(separation separator TORCH)
sep_add_test(separation stream_separator TORCH)
sep_add_test(separation separate_file TORCH)
