# SPDX-License-Identifier: Apache-2.0
# The Debian package (cpack, after a build) and the source tarball (target dist).
set(SBE_DEBIAN_REVISION 1 CACHE STRING "Revision of the Debian package of this version")
set(debian ${PROJECT_SOURCE_DIR}/deploy/debian)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME socket-bind-exporter)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "socket_bind_exporter maintainers <maintainers@socket-bind-exporter.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_PACKAGE_DESCRIPTION
"Shows which processes bind which kinds of sockets on this machine, how often,
and with which result. A small eBPF program counts every attempt in the
kernel by category of the local name, address family and process name, and
the exporter serves the counts to Prometheus. A bind causes no event and no
wake-up of the exporter, which drops its privileges once it counts.")
set(CPACK_STRIP_FILES ON)
# The unit must name /usr/bin regardless of the prefix of this build, and /etc must stay /etc.
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_CMAKE_PROJECTS
	"${PROJECT_BINARY_DIR};${PROJECT_NAME};Unspecified;/"
	"${PROJECT_BINARY_DIR};${PROJECT_NAME};debian;/")
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
	OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PROJECT_CONFIG_FILE ${PROJECT_SOURCE_DIR}/cmake/cpack.cmake)
set(CPACK_SBE_TIME ${SBE_TIME})

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE ${SBE_DEBIAN_REVISION})
set(CPACK_DEBIAN_PACKAGE_MAINTAINER ${CPACK_PACKAGE_CONTACT})
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_ENHANCES prometheus)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
	${debian}/conffiles ${debian}/postinst ${debian}/prerm ${debian}/postrm)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz) # Debian's default, also on Ubuntu, whose own default is zstd

configure_file(${debian}/changelog.in changelog.Debian @ONLY)
add_compressed(${PROJECT_BINARY_DIR}/changelog.Debian changelog.Debian.gz)
add_compressed(${PROJECT_SOURCE_DIR}/CHANGELOG.md changelog.gz)
install(FILES ${debian}/copyright ${PROJECT_BINARY_DIR}/changelog.Debian.gz
	${PROJECT_BINARY_DIR}/changelog.gz
	DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES ${systemd}/socket_bind_exporter.default RENAME socket_bind_exporter
	DESTINATION /etc/default COMPONENT debian EXCLUDE_FROM_ALL)
include(CPack)

# Made from the commit, not from the working tree: uncommitted changes are not included.
set(tarball ${PROJECT_NAME}-${PROJECT_VERSION}.tar.gz)
add_custom_target(dist
	COMMAND ${PROJECT_SOURCE_DIR}/deploy/pack/tarball ${PROJECT_BINARY_DIR}/${tarball}
	COMMENT "Making ${tarball}"
	VERBATIM)
