# SPDX-License-Identifier: Apache-2.0
# Where everything goes. Units go below the prefix: systemd looks in /usr and in /usr/local.
include(GNUInstallDirs)
# Debian wants it named as the package.
if(NOT $CACHE{CMAKE_INSTALL_DOCDIR})
	set(CMAKE_INSTALL_DOCDIR ${CMAKE_INSTALL_DATAROOTDIR}/doc/socket-bind-exporter)
endif()

set(systemd ${PROJECT_SOURCE_DIR}/deploy/systemd)

install(TARGETS socket_bind_exporter RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
# The prefix of the installation, not of the configuration: cmake --install has a --prefix.
install(CODE "
	set(SBE_BINDIR \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}\")
	configure_file(\"${systemd}/socket_bind_exporter.service.in\"
		\"${PROJECT_BINARY_DIR}/socket_bind_exporter.service\" @ONLY)")
install(FILES ${PROJECT_BINARY_DIR}/socket_bind_exporter.service
	${systemd}/socket_bind_exporter.socket
	DESTINATION lib/systemd/system)
find_program(GZIP gzip REQUIRED)
set(manual socket_bind_exporter.8)
add_custom_command(OUTPUT ${manual}.gz
	COMMAND ${GZIP} -9nc ${PROJECT_SOURCE_DIR}/docs/${manual} > ${manual}.gz
	DEPENDS ${PROJECT_SOURCE_DIR}/docs/${manual}
	VERBATIM)
add_custom_target(manual ALL DEPENDS ${manual}.gz)
install(FILES ${PROJECT_BINARY_DIR}/${manual}.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
install(FILES deploy/completion/socket_bind_exporter
	DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/bash-completion/completions)
install(FILES README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES docs/manual.md DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs)
install(FILES ${systemd}/modes.conf ${systemd}/pinned-counters.conf
	${systemd}/socket_bind_exporter.default
	DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT licences)
install(DIRECTORY LICENSES DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT licences)
