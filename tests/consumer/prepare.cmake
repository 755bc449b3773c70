# Installs a build and makes a model and a recording for the consumers:
#   cmake -DBUILD=… -DCONSUMER=… -P prepare.cmake
function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "${ARGV}\nended with ${code}\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE ${CONSUMER})
file(MAKE_DIRECTORY ${CONSUMER})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${CONSUMER}/prefix)
set(bin ${CONSUMER}/prefix/bin)
run(${bin}/sep-data synthesize --pieces 3 --seconds 2 --out ${CONSUMER}/pieces)
file(WRITE ${CONSUMER}/small.yaml
"mixtures: {num_train: 1, num_validation: 1, seconds: 1}
model: {hidden_size: 4}
train: {iterations_per_epoch: 1}
")
run(${bin}/sep-train ${CONSUMER}/small.yaml --data ${CONSUMER}/pieces --out ${CONSUMER}/run
    --folds 1 --instruments violin)
file(RENAME ${CONSUMER}/run/fold-01/violin/best.safetensors ${CONSUMER}/violin.safetensors)
file(GLOB mixtures ${CONSUMER}/pieces/01-*/01-*.wav)
list(FILTER mixtures EXCLUDE REGEX "-(violin|bassoon|clarinet|saxphone)\\.wav$")
file(COPY_FILE ${mixtures} ${CONSUMER}/mixture.wav)
