foreach(name atomic_file bounds config csv error file_group file_lock file_system half hash kind machine name_map
        new_folder number progress random ranges registry safetensors safetensors_copies signal text threads
        unicode version)
  sep_add_test(core ${name})
endforeach()
