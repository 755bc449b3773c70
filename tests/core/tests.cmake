foreach(name atomic_file config csv parallel random safetensors)
  sep_add_test(core ${name})
endforeach()
