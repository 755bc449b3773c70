# Run at every build: writes the git revision of SOURCE_DIR into HEADER, and leaves the
# file alone where the revision is the same, so that nothing is compiled again.
#
#   cmake -DSOURCE_DIR=… -DHEADER=… -P SepGitRevision.cmake
#
# "unknown" where SOURCE_DIR is not the top of a repository or git is not installed.
set(revision unknown)
find_program(git NAMES git)
if(git)
  execute_process(COMMAND ${git} -C ${SOURCE_DIR} rev-parse --show-toplevel
    OUTPUT_VARIABLE top OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed ERROR_QUIET)
  get_filename_component(source ${SOURCE_DIR} REALPATH)
  if(NOT failed AND top STREQUAL source)
    execute_process(COMMAND ${git} -C ${SOURCE_DIR} rev-parse --verify HEAD
      OUTPUT_VARIABLE head OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed ERROR_QUIET)
    execute_process(COMMAND ${git} -C ${SOURCE_DIR} --no-optional-locks
      status --porcelain --untracked-files=no
      OUTPUT_VARIABLE changes RESULT_VARIABLE status_failed ERROR_QUIET)
    if(NOT failed AND NOT status_failed)
      set(revision ${head})
      if(changes)
        string(APPEND revision -dirty)
      endif()
    endif()
  endif()
endif()

set(text "#define LIBSEP_GIT_REVISION \"${revision}\"\n")
set(written "")
if(EXISTS ${HEADER})
  file(READ ${HEADER} written)
endif()
if(NOT text STREQUAL written)
  file(WRITE ${HEADER} "${text}")
endif()
