# SPDX-License-Identifier: Apache-2.0
# What Debian builds its packages with, and nothing of the place where it is built.
include(CheckPIESupported)
check_pie_supported(LANGUAGES C)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
add_compile_options(-ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -fdebug-prefix-map=${PROJECT_BINARY_DIR}=.)
add_link_options(-Wl,-z,relro,-z,now -Wl,--as-needed)
if(NOT SBE_SANITIZE)
	add_compile_options(-fstack-protector-strong -fstack-clash-protection)
	if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|amd64")
		add_compile_options(-fcf-protection)
	else()
		add_compile_options(-mbranch-protection=standard)
	endif()
	# It needs optimisation. Some compilers define it themselves, to another value.
	add_compile_options("$<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>")
endif()
