# SPDX-License-Identifier: Apache-2.0
# Which sources these are, for --version and build_info: as git knows it, or as git archive
# wrote it into archive.txt when it made a tarball; "unknown" where neither did.
# Also for root, in the tree of another user.
set(git git -c safe.directory=* -C ${PROJECT_SOURCE_DIR})
function(git_output variable)
	execute_process(COMMAND ${git} ${ARGN}
		OUTPUT_VARIABLE output OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET
		RESULT_VARIABLE failed)
	if(failed OR NOT output)
		set(output unknown)
	endif()
	set(${variable} "${output}" PARENT_SCOPE)
endfunction()

# The last group of the pattern.
function(archive_output variable pattern)
	file(STRINGS ${PROJECT_SOURCE_DIR}/cmake/archive.txt lines)
	set(${variable} unknown PARENT_SCOPE)
	foreach(line IN LISTS lines)
		if(line MATCHES "^${pattern}")
			set(${variable} "${CMAKE_MATCH_${CMAKE_MATCH_COUNT}}" PARENT_SCOPE)
		endif()
	endforeach()
endfunction()

# A tarball that is unpacked inside another repository is not of that one.
if(EXISTS ${PROJECT_SOURCE_DIR}/.git)
	git_output(SBE_REVISION rev-parse HEAD)
	git_output(SBE_BRANCH rev-parse --abbrev-ref HEAD)
	git_output(SBE_TIME log -1 --format=%ct)
else()
	archive_output(SBE_REVISION "revision ([0-9a-f]+)$")
	archive_output(SBE_BRANCH "refs (HEAD -> |tag: )*([^ ,$]+)")
	archive_output(SBE_TIME "time ([0-9]+)$")
endif()

# The same sources make the same program: the date is that of the commit, unless one is given;
# now where neither is known.
set(SBE_BUILD_USER "" CACHE STRING "The build user in --version; empty: --version has no such line")
if(DEFINED ENV{SOURCE_DATE_EPOCH})
	set(SBE_TIME $ENV{SOURCE_DATE_EPOCH})
endif()
if(NOT SBE_TIME MATCHES "^[0-9]+$")
	string(TIMESTAMP SBE_TIME "%s" UTC)
endif()
set(ENV{SOURCE_DATE_EPOCH} ${SBE_TIME})
string(TIMESTAMP SBE_BUILD_DATE "%Y%m%d-%H:%M:%S" UTC)
string(TIMESTAMP SBE_CHANGELOG_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|amd64")
	set(SBE_PLATFORM linux/amd64) # as Go calls it
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
	set(SBE_PLATFORM linux/arm64)
endif()
configure_file(exporter/version.h.in version.h @ONLY)

# A new commit is a new revision: configure again when HEAD moves.
git_output(head_log rev-parse --git-path logs/HEAD)
get_filename_component(head_log ${head_log} ABSOLUTE BASE_DIR ${PROJECT_SOURCE_DIR})
if(EXISTS ${head_log})
	set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${head_log})
endif()
