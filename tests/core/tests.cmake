foreach(name atomic_file csv parallel random)
  sep_add_test(core ${name})
endforeach()
