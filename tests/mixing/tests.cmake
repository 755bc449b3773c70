foreach(name augmentation cubic examples_ahead mixer mixing_config mixture_dataset
             mixture_draw mixture_files segments spectral_batch stem_cache stem_reader)
  sep_add_test(mixing ${name})
endforeach()
sep_add_test(mixing reference_mixtures LABELS reference LINK nlohmann_json::nlohmann_json)
