# SPDX-License-Identifier: Apache-2.0
# Building for aarch64 on another machine: Debian's cross compiler, and the libraries of its arm64 packages.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)

# The parts of a build that configure on their own (try_compile) get it from here.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES SBE_SYSROOT)
if(NOT SBE_SYSROOT)
	execute_process(COMMAND ${CMAKE_CURRENT_LIST_DIR}/../tests/vm/sysroot
		OUTPUT_VARIABLE SBE_SYSROOT OUTPUT_STRIP_TRAILING_WHITESPACE
		RESULT_VARIABLE failed)
	if(failed)
		message(FATAL_ERROR "no headers and libraries for arm64, see above; "
			"or give a root file system that has them with -DSBE_SYSROOT=DIRECTORY")
	endif()
	set(SBE_SYSROOT ${SBE_SYSROOT} CACHE PATH "Root file system with arm64 headers and libraries")
endif()

set(CMAKE_SYSROOT ${SBE_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${CMAKE_SYSROOT})
set(ENV{PKG_CONFIG_LIBDIR}
	${CMAKE_SYSROOT}/usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/pkgconfig:${CMAKE_SYSROOT}/usr/share/pkgconfig)
