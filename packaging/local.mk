# SPDX-License-Identifier: LGPL-2.1-or-later
# Packages, each made from the release's tarball into packages/. Nothing of this directory is needed to
# build or to install. debian/ is not at the top, where Debian has its own.
EXTRA_DIST += \
	packaging/make-deb \
	packaging/make-rpm \
	packaging/debian/bindright.dirs \
	packaging/debian/bindright.install \
	packaging/debian/bindright.lintian-overrides \
	packaging/debian/bindright.prerm \
	packaging/debian/control \
	packaging/debian/copyright \
	packaging/debian/libbindright.install \
	packaging/debian/libbindright.lintian-overrides \
	packaging/debian/libbindright.triggers \
	packaging/debian/not-installed \
	packaging/debian/rules \
	packaging/debian/source/format
# configure makes these, and rpmbuild and abuild look for them in the tarball.
EXTRA_DIST += packaging/APKBUILD packaging/bindright.spec

packages = $(CURDIR)/packages
.PHONY: deb rpm clean-packages
## deb: Debian packages, into packages/; on amd64 also the library for i386
deb: dist-xz
	$(AM_V_at)$(srcdir)/packaging/make-deb '$(CURDIR)/$(distdir).tar.xz' '$(VERSION)' '$(packages)'
## rpm: packages for rpm, into packages/
rpm: dist-xz
	$(AM_V_at)$(srcdir)/packaging/make-rpm '$(CURDIR)/$(distdir).tar.xz' '$(packages)'
clean-packages:
	rm -rf packages
