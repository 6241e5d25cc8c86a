# SPDX-License-Identifier: LGPL-2.1-or-later
# Systems with their service managers, and packages in a root of their own, run by scripts/test --systems and not by make check.
EXTRA_DIST += \
	tests/systems/.shellcheckrc \
	tests/systems/boot \
	tests/systems/hardening.bats \
	tests/systems/kernel.bats \
	tests/systems/kernel_sockets.bats \
	tests/systems/kernel_units.bash \
	tests/systems/openrc.bash \
	tests/systems/openrc.bats \
	tests/systems/packages.bash \
	tests/systems/packages.bats \
	tests/systems/refusals.bats \
	tests/systems/runit.bats \
	tests/systems/sockets.bats \
	tests/systems/systemd.bash \
	tests/systems/systemd.bats \
	tests/systems/systems.bash
