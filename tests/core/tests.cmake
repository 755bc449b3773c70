foreach(name atomic_file config csv parallel random)
  sep_add_test(core ${name})
endforeach()
