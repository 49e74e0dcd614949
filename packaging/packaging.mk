# Releases and packages; the end of the Makefile, which includes it.

DIST	= build/gochat-$(VERSION).tar.xz

dist:
	$(call say,DIST,$(DIST))
	$(Q)packaging/dist $(VERSION) $(DIST)

# The Debian packages, into build/deb.
deb: dist
	$(call say,DEB,build/deb)
	$(Q)packaging/build-deb $(DIST) build/deb

# What takes minutes, root, and a Debian or Ubuntu: builds the packages, and
# the image of a container, and tries each in a system of its own.
check-packaging: check-deb check-container

check-deb:
	@packaging/install-deps --packaging
	$(MAKE) deb
	packaging/check-deb build/deb
	packaging/check-apparmor build/deb

check-container:
	@packaging/install-deps --packaging
	packaging/check-container

.PHONY: dist deb check-packaging check-deb check-container
