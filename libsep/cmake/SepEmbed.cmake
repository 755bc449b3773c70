# Writes text files as C++ string constants:
#
#   cmake -DHEADER=… -DFOLDER=… "-DNAMES=kPage=page.html;kStyle=page.css" -P SepEmbed.cmake
set(text "#pragma once\n\nnamespace sep::assets {\n")
foreach(entry IN LISTS NAMES)
  string(REPLACE "=" ";" entry "${entry}")
  list(GET entry 0 name)
  list(GET entry 1 file)
  file(READ ${FOLDER}/${file} content)
  string(APPEND text "\ninline constexpr char ${name}[] = R\"asset(${content})asset\";\n")
endforeach()
string(APPEND text "\n}  // namespace sep::assets\n")
file(WRITE ${HEADER} "${text}")
