# SPDX-License-Identifier: Apache-2.0
# Read by cpack, before it makes a package.
cmake_minimum_required(VERSION 3.22)

# Without these, cpack makes a package without dependencies or for a guessed architecture, or fails late.
function(need program package)
	find_program(found ${program} NO_CACHE)
	if(NOT found)
		message(FATAL_ERROR "${program} is missing; install the package ${package}")
	endif()
endfunction()

if(CPACK_GENERATOR STREQUAL DEB)
	need(dpkg dpkg)
	need(dpkg-shlibdeps dpkg-dev)
	need(file file)
endif()

# The same sources make the same package, whenever it is made.
set(ENV{SOURCE_DATE_EPOCH} ${CPACK_SBE_TIME})
