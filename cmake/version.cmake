# SPDX-License-Identifier: Apache-2.0
# Revision and branch for --version and build_info; "unknown" without git, as in a tarball.
function(git_output variable)
	execute_process(COMMAND git -C ${PROJECT_SOURCE_DIR} ${ARGN}
		OUTPUT_VARIABLE output OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET
		RESULT_VARIABLE failed)
	if(failed OR NOT output)
		set(output unknown)
	endif()
	set(${variable} "${output}" PARENT_SCOPE)
endfunction()

git_output(SBE_REVISION rev-parse --short=12 HEAD)
git_output(SBE_BRANCH rev-parse --abbrev-ref HEAD)
configure_file(exporter/version.h.in version.h @ONLY)

# A new commit is a new revision: configure again when HEAD moves.
if(EXISTS ${PROJECT_SOURCE_DIR}/.git/logs/HEAD)
	set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
		${PROJECT_SOURCE_DIR}/.git/logs/HEAD)
endif()
