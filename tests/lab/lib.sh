# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# All that scenarios use; each starts with `. /lab/lib.sh` and ends with `done_testing`.
#
#   tap.sh    ok, not_ok, is, like, diag, skip, done_testing
#   wait.sh   wait_until, wait_for_line
#   far.sh    far, far_bond, far_vlan, cable, lacp_up, host_state
#   guest.sh  guest_start, guest_create, guest_ready, guest, guest_net, guest_destroy
#   layout.sh layout, layout_end, far_clean, lost
#   frame.sh  frame_arp and others make any frame for `frame DEVICE HEX...`; capture, captured
#
# A scenario that says so in a line of its own gets more from tests/lab/run:
#
#   # lab: hvm         what HVM guests need (GUEST_TYPE=hvm), 5 s more to boot
#   # lab: libvirt     libvirtd with its driver for libxl, and virsh
#   # lab: udev        udevd, without a rule
#   # lab: openvswitch its daemons and the kernel's module
#   # lab: systemd     systemd is dom0's init: it starts SCENARIO.before, if there is such a file, and the units that this enables,
#                      and then the scenario
#   # lab: time=600    not 300 s at most

. /lab/tap.sh
. /lab/wait.sh
. /lab/far.sh
. /lab/guest.sh
. /lab/layout.sh
. /lab/frame.sh
