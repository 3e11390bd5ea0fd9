# SPDX-License-Identifier: ISC
# check: long
# The layouts of the Debian and the Red Hat guides, and the trunk apart from management.
. /lab/lib.sh

# A real DHCP server at the far end of VLAN 3.
far_bond bond1 eth0 eth3 -- mode active-backup miimon 100
far_vlan bond1 2 10.0.2.1/24
far_vlan bond1 3 10.0.3.1/24
far dnsmasq --no-daemon --port=0 --no-ping --interface=bond1.3 --dhcp-range=10.0.3.50,10.0.3.50,1h --pid-file= \
	--dhcp-leasefile=/run/leases >/run/dnsmasq 2>&1 &
layout debian-guide
ok 'dom0 gets its address in the LAN by DHCP' wait_until 30 eval 'ip -br addr show xenbrlan | grep 10.0.3.50'
is 'and has none in the DMZ' "$(ip -br addr show xenbrdmz | awk '{ print NF }')" 2
is 'the VLAN devices are called as asked for' "$(ls -d /sys/class/net/vlan*)" $'/sys/class/net/vlan2\n/sys/class/net/vlan3'
like 'and are found as bond1.3 too' "$(ip -br link show bond1.3)" '^vlan3@bond1'
ok 'dom0 reaches the LAN' ping -c1 -W2 10.0.3.1
ok 'a guest in each' guest_start web bridge=xenbrlan bridge=bond1.2
guest_net web eth0 10.0.3.11/24
guest_net web eth1 10.0.2.11/24
ok 'web reaches the LAN' guest web ping -c1 -W2 10.0.3.1
ok 'and dom0 in it' guest web ping -c1 -W2 10.0.3.50
ok 'and the DMZ' guest web ping -c1 -W2 10.0.2.1
layout_end web
not_ok 'the DHCP client is gone' pidof udhcpc dhcpcd dhclient
kill %1
far_clean

far_bond bond0 eth0 eth1 -- mode active-backup miimon 100
ip -n far addr add 10.0.0.1/24 dev bond0
far_vlan bond0 900 10.90.0.1/24
far_vlan bond0 903 10.93.0.1/24
layout redhat-guide
is 'the bond has its own address' "$(ip -4 -br addr show bond0 | awk '{ print $3 }')" 10.0.0.2/24
is 'and its fixed MAC address' "$(cat /sys/class/net/bond0/address)" 52:54:00:12:45:56
like 'the default route goes there' "$(ip route)" 'default via 10.0.0.1 dev bond0'
is 'four bridges' "$(ls -d /sys/class/net/br90* | wc -l)" 4
ok 'dom0 reaches the untagged VLAN' ping -c1 -W2 10.0.0.1
ok 'a guest in two of them' guest_start web bridge=br900 bridge=br903
guest_net web eth0 10.90.0.2/24
guest_net web eth1 10.93.0.2/24
ok 'VLAN 900' guest web ping -c1 -W2 10.90.0.1
ok 'VLAN 903' guest web ping -c1 -W2 10.93.0.1
layout_end web
far_clean

ip addr add 192.0.2.2/24 dev eth0
ip link set eth0 up
ip -n far addr add 192.0.2.1/24 dev eth4
ip -n far link set eth4 up
far_vlan eth5 4 10.4.0.1/24
layout trunk-apart
ok 'dom0 still has its address' ping -c1 -W2 192.0.2.1
ok 'a guest in the trunk' guest_start web bridge=br4
guest_net web eth0 10.4.0.2/24 192.0.2.3/24
ok 'VLAN 4' guest web ping -c1 -W2 10.4.0.1
not_ok 'not the management network' guest web ping -c1 -W1 192.0.2.1
not_ok 'nor dom0' guest web ping -c1 -W1 192.0.2.2
layout_end web
done_testing
