# SPDX-License-Identifier: ISC
# check: long
# lab: udev
# udev runs the hook, by the rules that `make install` leaves as an example: for vifs that no toolstack cares for, as xend's were; beside
# libxl, which runs it too; and for taps.
. /lab/lib.sh
. /lab/vif.sh
network=/etc/xen/scripts/network-vlanbridge
modprobe tun

cp /lab/examples/vif-vlanbridge.rules /etc/udev/rules.d/80-vif-vlanbridge.rules
printf '%s\n' run_hotplug_scripts=0 'vif.default.script="vif-vlanbridge"' >/etc/xen/xl.conf
mkdir -p /etc/xen/scripts/vif-post.d
echo 'echo "$command $dev" >>/run/lab/ran' >/etc/xen/scripts/vif-post.d/10-log.hook
chmod +x /etc/xen/scripts/vif-post.d/10-log.hook
/usr/lib/systemd/systemd-udevd --daemon 2>/dev/null
far_vlan eth5 10 10.0.10.1/24
far_vlan eth5 20 10.0.20.1/24
echo "bridges = [ 'name=br0, uplink=eth1, tagged=10/20' ]" >/etc/xen/vlanbridge.conf
ok 'the network starts' $network start
links=$(ip -br link)

# ran LINE...: what the hook has done.
ran() {
	[ "$(cat /run/lab/ran)" = "$(printf '%s\n' "$@")" ] || { cat /run/lab/ran; return 1; }
}

links_are() {
	[ "$(ip -br link)" = "$1" ]
}

# attach DOMID DEVID BRIDGE: a NIC, in xenstore alone, as xend had it. Each end's directory is its own before more is in it.
attach() {
	local back=/local/domain/0/backend/vif/$1/$2 front=/local/domain/$1/device/vif/$2 mac=00:16:3e:00:00:0$2
	xenstore-write "$front/mac" $mac "$back/mac" $mac
	xenstore-chmod -r "$front" "n$1" r0
	xenstore-chmod -r "$back" n0 "r$1"
	xenstore-write "$front/backend" "$back" "$front/backend-id" 0 "$front/handle" "$2" "$front/state" 1 \
		"$back/frontend" "$front" "$back/frontend-id" "$1" "$back/online" 1 "$back/handle" "$2" "$back/bridge" "$3" \
		"$back/script" $vif_scripts/vif-vlanbridge "$back/state" 1
}

GUEST_SCRIPT=$vif_scripts/vif-vlanbridge guest_start web bridge=br0.10,vifname=lan
web=$(xl domid web)
ok 'Xen 4.17 runs it although run_hotplug_scripts=0; udev too' wait_until 5 ran 'online lan' 'online lan'
is 'the vif is in its VLAN' "$(vlans_of lan)" '10 PVID Egress Untagged'
# Between the look and the change of one run there is another, whole; without packet rules and with them.
for key in bridge=br0.10 ip=10.0.10.11; do
	xenstore-write "backend/vif/$web/0/${key%=*}" "${key#*=}"
	vif_run "$web" offline
	ip link set lan name "vif$web.0"
	strace -o /run/strace -e trace=sendmsg -e inject=sendmsg:delay_enter=3000000:when=2 env script=x "XENBUS_PATH=backend/vif/$web/0" \
		"vif=vif$web.0" $vif_scripts/vif-vlanbridge online &
	wait_until 5 grep -q sendmsg /run/strace
	ok "$key: two runs at once" vif_run "$web" online
	wait $!
	is '  both succeed' $? 0
	rm /run/strace
	like '  it is plugged' "$(ip -o link show lan)" '[<,]UP.* master br0 '
	is '  in its VLAN' "$(vlans_of lan)" '10 PVID Egress Untagged'
done
ok '  with its rules' has_rules "vif$web.0"
guest_net web eth0 10.0.10.11/24
ok 'it reaches it' guest web ping -c1 -W2 10.0.10.1

rm /run/lab/ran
attach "$web" 7 br0.20
ok 'a NIC without a toolstack: udev has run online, once' wait_until 10 ran "online vif$web.7"
is 'the vif is in its VLAN' "$(vlans_of "vif$web.7")" '20 PVID Egress Untagged'
is 'the kernel is told' "$(xenstore-read "backend/vif/$web/7/hotplug-status")" connected
ok 'the guest has it' wait_until 10 guest web ip link show eth1
guest_net web eth1 10.0.20.11/24
ok 'it reaches it' guest web ping -c1 -W2 10.0.20.1
xenstore-rm "backend/vif/$web/7"
ok 'without its directory: udev has run offline, once' wait_until 10 ran "online vif$web.7" "offline vif$web.7"
ok 'the vif is gone' wait_until 5 eval "! ip link show vif$web.7"
ok 'the guest goes' guest_destroy web
ok 'nothing of it is left' wait_until 5 links_are "$links"

rm /run/lab/ran
vif_ask 77 bridge=br0.20 type=vif_ioemu
ip tuntap add vif77.0-emu mode tap
ok 'a tap: udev has run add, once' wait_until 10 ran 'add vif77.0-emu'
is 'it is in its VLAN' "$(vlans_of vif77.0-emu)" '20 PVID Egress Untagged'
ip link del vif77.0-emu
ok 'it goes: udev has run remove, once' wait_until 10 ran 'add vif77.0-emu' 'remove vif77.0-emu'
ok 'stop' $network stop
done_testing
