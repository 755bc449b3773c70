foreach(name atomic_file bounds config csv error file_lock file_system hash new_folder number
        parallel progress random safetensors safetensors_copies signal text version)
  sep_add_test(core ${name})
endforeach()
