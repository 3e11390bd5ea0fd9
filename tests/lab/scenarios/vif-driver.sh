# SPDX-License-Identifier: ISC
# check: long
# A driver domain: xl devd runs the hook in it, for guests whose file says backend=. Both programs do there what they do in dom0.
. /lab/lib.sh
. /lab/vif.sh
network=/etc/xen/scripts/network-vlanbridge xl=$(readlink /lab/bin/xl)

ip -n far link set eth5 up
ip -n far addr add 10.0.1.1/24 dev eth5
for vlan in 10 20 30; do far_vlan eth5 $vlan 10.0.$vlan.1/24; done
echo "bridges = [ 'name=trunk0, uplink=eth1' ]" >/etc/xen/vlanbridge.conf
ok 'the network starts' $network start
GUEST_CONFIG='driver_domain = 1' guest_start driver bridge=trunk0
driver=/local/domain/$(xl domid driver)

# What a driver domain has installed: xl, the modules of a backend, and our programs, with their libraries.
files() {
	local program
	for program in "$xl" /usr/bin/xenstore "$network" $vif_scripts/vif-vlanbridge; do
		echo "$program"
		/lib64/ld-linux-x86-64.so.2 --list "$program" 2>/dev/null | sed -n 's/^.*=> \(\/[^ ]*\) .*/\1/p'
	done | sort -u
	find /lib/modules/*/kernel/drivers -name 'xen-*.ko' ! -name xen-netfront.ko -o -name xenfs.ko
}

guest_net driver eth0 10.0.1.2/24
guest driver 'nc -l 99 >/run/files.tar' &
# shellcheck disable=SC2046
tar -chf /run/lab/files.tar $(files) 2>/dev/null
ok 'it gets its programs' wait_until 10 far nc -N 10.0.1.2 99 </run/lab/files.tar
wait $!
guest driver 'cd / && tar -xf /run/files.tar && rm /run/files.tar
	for module in $(find /lib/modules -name "xen-*.ko" ! -name xen-netfront.ko) $(find /lib/modules -name xenfs.ko); do insmod $module; done
	mount -t xenfs none /proc/xen
	mkdir -p /var/log/xen /var/lib/xen /run/lock /run/xen /etc/xen
	ln -sfn /run /var/run; ln -sfn /run/lock /var/lock; touch /etc/xen/xl.conf
	ip addr flush dev eth0'
guest driver "echo \"bridges = [ 'name=br0, uplink=eth0, tagged=10/20, address=none' ]\" >/etc/xen/vlanbridge.conf"
ok 'the network starts there too' guest driver $network start
guest driver "$xl devd -F >/run/devd.log 2>&1 &"
links=$(ip -br link)
links_there=$(guest driver ip -br link)

ok 'web starts' guest_start web bridge=br0.10:20,backend=driver
web=$(xl domid web)
is 'its vif is in its VLANs there' "$(guest driver bridge vlan show dev "vif$web.0" | tr -s '\n ' ' ')" \
	"port vlan-id vif$web.0 10 PVID Egress Untagged 20 "
is 'the toolstack is told' "$(xenstore-read "$driver/backend/vif/$web/0/hotplug-status")" connected
is 'dom0 has no part in it' "$(ip -br link)" "$links"
hybrid web
ok 'it goes' guest_destroy web
is 'nothing of it is left there' "$(guest driver ip -br link)" "$links_there"

# libxl in dom0 asks for no more than the backend: it can't know that the hook failed.
ok 'a guest without its bridge starts' guest_create lost bridge=br7,backend=driver
lost=$(xl domid lost)
like '  and devd has the sentence' "$(guest driver cat /run/devd.log)" "vif$lost\.0: bridge 'br7' doesn't exist; this host has br0"
is '  and xenstore, that there is one' "$(xenstore-read "$driver/backend/vif/$lost/0/hotplug-error")" \
	"vif$lost.0: online failed: vif-vlanbridge's message in the syslog says why"
unlike '  its vif is in no bridge' "$(guest driver ip -o link show "vif$lost.0")" 'UP| master '
ok 'it goes' guest_destroy lost
is 'nothing of it is left there' "$(guest driver ip -br link)" "$links_there"

# There is no device model in a driver domain; but a tap, if somebody has made one.
xenstore-write "$driver/backend/vif/77/0/bridge" br0.20
guest driver 'modprobe dummy && ip link add vif77.0-emu type dummy'
ok 'a tap' guest driver env XENBUS_PATH=backend/vif/77/0 vif=vif77.0 INTERFACE=vif77.0-emu $vif_scripts/vif-vlanbridge add type_if=tap
is 'is in its VLAN' "$(guest driver bridge vlan show dev vif77.0-emu | tr -s '\n ' ' ')" 'port vlan-id vif77.0-emu 20 PVID Egress Untagged '
ok 'and leaves' guest driver env XENBUS_PATH=backend/vif/77/0 vif=vif77.0 INTERFACE=vif77.0-emu $vif_scripts/vif-vlanbridge remove type_if=tap
unlike '  its bridge' "$(guest driver ip -o link show vif77.0-emu)" ' master '
ok 'the network stops there' guest driver $network stop
ok 'the driver domain goes' guest_destroy driver
ok 'stop' $network stop
done_testing
