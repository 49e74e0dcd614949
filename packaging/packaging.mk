# Releases and packages; the end of the Makefile, which includes it.

DIST	= build/gochat-$(VERSION).tar.xz

dist:
	$(call say,DIST,$(DIST))
	$(Q)packaging/dist $(VERSION) $(DIST)

# The Debian packages, into build/deb.
deb: dist
	$(call say,DEB,build/deb)
	$(Q)packaging/build-deb $(DIST) build/deb

# What takes minutes, and a Debian or Ubuntu: builds the packages and tries
# them in a system of their own.
check-packaging:
	@packaging/install-deps --packaging
	$(MAKE) deb
	packaging/check-deb build/deb

.PHONY: dist deb check-packaging
