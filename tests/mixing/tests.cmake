foreach(name mixer mixing_config mixture_dataset mixture_draw mixture_files stem_cache)
  sep_add_test(mixing ${name})
endforeach()
sep_add_test(mixing reference_mixtures LABELS reference LINK nlohmann_json::nlohmann_json)
