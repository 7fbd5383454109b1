# SPDX-License-Identifier: Apache-2.0
# BPF objects need nothing but clang: kernel layouts are relocated when loading.
find_program(CLANG NAMES clang REQUIRED)

if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|amd64")
	set(SBE_BPF_ARCH x86)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
	set(SBE_BPF_ARCH arm64)
else()
	message(FATAL_ERROR "${CMAKE_SYSTEM_PROCESSOR} is not supported; build for x86_64 or aarch64")
endif()

# add_bpf_object(name source [flags...]): compiles with ${CLANG}, and sets name_OBJECT to the object's path.
# -mcpu=v3: the newest instruction set that Linux 5.10 knows, as far as used here.
function(add_bpf_object name source)
	set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}.o)
	get_filename_component(source ${source} ABSOLUTE)
	set(flags -target bpf -mcpu=v3 -O2 -g -std=gnu11 -Wall -Wextra -Wno-unused-parameter
		-D__TARGET_ARCH_${SBE_BPF_ARCH} -I${PROJECT_SOURCE_DIR} ${ARGN})
	# Objects are compared by their bytes (pinned counters): they do not tell where they were built.
	list(PREPEND flags -ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -fdebug-compilation-dir=.)
	if(CMAKE_LIBRARY_ARCHITECTURE)
		list(APPEND flags -isystem ${CMAKE_SYSROOT}/usr/include/${CMAKE_LIBRARY_ARCHITECTURE})
	endif()
	if(CMAKE_SYSROOT)
		list(APPEND flags -isystem ${CMAKE_SYSROOT}/usr/include)
	endif()
	if(SBE_WERROR)
		list(APPEND flags -Werror)
	endif()
	add_custom_command(OUTPUT ${object}
		COMMAND ${CLANG} ${flags} -MD -MF ${object}.d -MT ${object} -c ${source} -o ${object}
		DEPENDS ${source} ${CLANG}
		DEPFILE ${object}.d
		COMMENT "Building BPF object ${name}.o"
		VERBATIM)
	set(${name}_OBJECT ${object} PARENT_SCOPE)
endfunction()

# add_embedded_bpf(name [flags...]): compiles what the exporter loads, and sets name_EMBEDDED to the source that holds it.
function(add_embedded_bpf name)
	set(source ${PROJECT_SOURCE_DIR}/bpf/socket_bind.bpf.c)
	set(embedded ${CMAKE_CURRENT_BINARY_DIR}/${name}_embedded.c)
	set(objects)
	add_bpf_object(${name}_bpf ${source} ${ARGN})
	add_bpf_object(${name}_before_5_12_bpf ${source} -DBIND_BEFORE_5_12 ${ARGN})
	add_bpf_object(${name}_stubs_bpf ${PROJECT_SOURCE_DIR}/bpf/dispatcher.bpf.c ${ARGN})
	add_bpf_object(${name}_grace_bpf ${PROJECT_SOURCE_DIR}/bpf/rcu_grace.bpf.c ${ARGN})
	foreach(kind bpf before_5_12_bpf stubs_bpf grace_bpf)
		set(${kind} ${${name}_${kind}_OBJECT})
		list(APPEND objects ${${kind}})
	endforeach()
	configure_file(${PROJECT_SOURCE_DIR}/exporter/attach/embedded.c.in ${embedded} @ONLY)
	set_property(SOURCE ${embedded} PROPERTY OBJECT_DEPENDS ${objects})
	set(${name}_EMBEDDED ${embedded} PARENT_SCOPE)
endfunction()
