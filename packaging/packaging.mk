# Releases and packages; the end of the Makefile, which includes it.

DIST	= build/gochat-$(VERSION).tar.xz

dist:
	$(call say,DIST,$(DIST))
	$(Q)packaging/dist $(VERSION) $(DIST)

# The Debian packages, into build/deb.
deb: dist
	$(call say,DEB,build/deb)
	$(Q)packaging/build-deb $(DIST) build/deb

# Of the two releases, the one that this is not.
OTHER_SUITE = $(if $(filter %=trixie,$(shell cat /etc/os-release)),bookworm,trixie)

# What takes minutes, root, and a Debian or Ubuntu: builds and tries gochat on
# the two releases of Debian that it is for; builds the packages on each, and
# the image of a container, and tries each in a system of its own; builds for
# another architecture.
check-packaging: check-deb check-container
	$(MAKE) check-systems SYSTEMS='bookworm trixie trixie-arm64'

check-deb:
	@packaging/install-deps --packaging
	$(MAKE) deb
	packaging/check-deb build/deb
	packaging/check-apparmor build/deb
	packaging/build-deb-in $(OTHER_SUITE) $(DIST) build/deb/$(OTHER_SUITE)
	packaging/check-deb build/deb/$(OTHER_SUITE) $(OTHER_SUITE)

check-container:
	@packaging/install-deps --packaging
	packaging/check-container

# Other systems than this one: what SYSTEMS names, or all.
check-systems:
	@packaging/install-deps --packaging
	packaging/check-systems $(SYSTEMS)

.PHONY: dist deb check-packaging check-deb check-container check-systems
