foreach(name atomic_file config csv error file_lock hash new_folder parallel progress random
        safetensors signal text version)
  sep_add_test(core ${name})
endforeach()
