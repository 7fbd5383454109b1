# SPDX-License-Identifier: Apache-2.0
# The directories of installed files. Units go below the prefix: systemd looks in /usr and in /usr/local.
include(GNUInstallDirs)
# Debian requires the package's name here.
if("$CACHE{CMAKE_INSTALL_DOCDIR}" STREQUAL "")
	set(CMAKE_INSTALL_DOCDIR ${CMAKE_INSTALL_DATAROOTDIR}/doc/socket-bind-exporter)
endif()

set(systemd ${PROJECT_SOURCE_DIR}/deploy/systemd)

install(TARGETS socket_bind_exporter RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
# Uses the prefix of the installation, not that of the configuration: cmake --install has a --prefix.
install(CODE "
	set(SBE_BINDIR \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}\")
	configure_file(\"${systemd}/socket_bind_exporter.service.in\"
		\"${PROJECT_BINARY_DIR}/socket_bind_exporter.service\" @ONLY)")
install(FILES ${PROJECT_BINARY_DIR}/socket_bind_exporter.service
	${systemd}/socket_bind_exporter.socket
	DESTINATION lib/systemd/system)
# add_compressed(file result): compresses to the same bytes each time.
find_program(GZIP gzip REQUIRED)
function(add_compressed file result)
	add_custom_command(OUTPUT ${result}
		COMMAND ${GZIP} -9nc ${file} > ${result}
		DEPENDS ${file}
		VERBATIM)
	# The target's name must differ from its file's, or the generator reports a cycle or a duplicate rule.
	add_custom_target(compress_${result} ALL DEPENDS ${PROJECT_BINARY_DIR}/${result})
endfunction()

add_compressed(${PROJECT_SOURCE_DIR}/docs/socket_bind_exporter.8 socket_bind_exporter.8.gz)
install(FILES ${PROJECT_BINARY_DIR}/socket_bind_exporter.8.gz
	DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
install(FILES deploy/completion/socket_bind_exporter
	DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/bash-completion/completions)
# The documents, and all files that they link to, at the places the links name.
install(FILES README.md CONTRIBUTING.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN *.md PATTERN *.png)
install(DIRECTORY grafana DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY deploy/helm deploy/kubernetes deploy/prometheus DESTINATION ${CMAKE_INSTALL_DOCDIR}/deploy
	PATTERN *~ EXCLUDE
	PATTERN *.tgz EXCLUDE
	PATTERN make-prometheusrule PERMISSIONS
		OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
install(FILES deploy/compose.yaml DESTINATION ${CMAKE_INSTALL_DOCDIR}/deploy)
install(FILES deploy/container/Containerfile DESTINATION ${CMAKE_INSTALL_DOCDIR}/deploy/container)
install(FILES ${systemd}/socket_bind_exporter.service.in DESTINATION ${CMAKE_INSTALL_DOCDIR}/deploy/systemd)
install(FILES ${systemd}/delegated.conf ${systemd}/modes.conf ${systemd}/pinned-counters.conf
	${systemd}/web-config.conf ${systemd}/socket_bind_exporter.default
	DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
# Files that a Debian package has in other places, or by another name.
install(FILES CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT plain)
install(DIRECTORY LICENSES DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT plain)
