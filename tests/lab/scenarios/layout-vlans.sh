# SPDX-License-Identifier: ISC
# Whole trunks, VLAN-aware bridges, QinQ, jumbo frames, private networks: what arrives, and what must not.
. /lab/lib.sh

# The guest makes VLANs 10 and 2000 itself; dom0 has 10 and 1000; full-size packets pass with nobody's MTU touched.
far_vlan eth4 10 10.0.10.1/24
far_vlan eth4 2000 10.20.0.1/24
far_vlan eth4 1000 10.3.232.1/24
layout whole-trunk
ok 'a guest on the trunk' guest_start web bridge=trunk0
guest_net web eth0
guest_net web eth0.10 10.0.10.3/24
guest_net web eth0.2000 10.20.0.3/24
ok 'VLAN 2000: full-size packets reach the far end' guest web ping -c1 -W2 -M do -s 1472 10.20.0.1
ok 'VLAN 10: and dom0' guest web ping -c1 -W2 -M do -s 1472 10.0.10.2
ok 'VLAN 10: and the far end' guest web ping -c1 -W2 -M do -s 1472 10.0.10.1
ok 'fragmented ones too' guest web ping -c1 -W2 -s 4000 10.0.10.2
ok 'dom0 reaches VLAN 1000' ping -c1 -W2 -M do -s 1472 10.3.232.1
# TCP with full segments, UDP with full packets, from the guest to dom0 and to the far end.
for side in dom0:10.0.10.2 far:10.0.10.1; do
	run=
	[ "${side%%:*}" = dom0 ] || run=far
	$run nc -l -p 5001 >/run/tcp &
	$run nc -u -l -p 5002 >/run/udp &
	listener=$!
	wait_until 5 $run listening tcp 5001
	wait_until 5 $run listening udp 5002
	ok "${side%%:*}: 100 kB over TCP" guest web "head -c 100000 /dev/zero | nc -N -w 10 ${side#*:} 5001"
	wait_until 10 eval '[ $(stat -c %s /run/tcp) = 100000 ]'
	is 'all of it arrives' "$(stat -c %s /run/tcp)" 100000
	guest web "head -c 1472 /dev/zero | nc -u -w 1 ${side#*:} 5002"
	is "${side%%:*}: a UDP packet of 1472 bytes" "$(stat -c %s /run/udp)" 1472
	kill $listener 2>/dev/null
done
layout_end web
far_clean

# One VLAN-aware bridge.
far_vlan eth4 10 10.0.10.1/24
far_vlan eth4 20 10.0.20.1/24
far_vlan eth4 30 10.0.30.1/24
layout vlan-aware
is 'the uplink is tagged for exactly these VLANs' "$(bridge -compressvlans vlan show dev eth0 | awk 'NR == 2')" \
	"$(printf 'eth0              2-4094')"
is 'the bridge itself for 10' "$(bridge -compressvlans vlan show dev xenbr0 | awk 'NR == 2 { print $2, $3 }')" '10 '
ok 'dom0 reaches VLAN 10' ping -c1 -W2 10.0.10.1
ok 'a guest in VLAN 10 untagged, 20 tagged' guest_start web bridge=xenbr0.10:20
guest_net web eth0 10.0.10.3/24
guest_net web eth0.20 10.0.20.3/24
guest_net web eth0.30 10.0.30.3/24
ok 'VLAN 10' guest web ping -c1 -W2 10.0.10.1
ok 'dom0 in it' guest web ping -c1 -W2 10.0.10.2
ok 'VLAN 20' guest web ping -c1 -W2 10.0.20.1
not_ok 'not VLAN 30' guest web ping -c1 -W1 10.0.30.1
layout_end web
far_clean

# QinQ: the far end has the same stack.
ip -n far link add link eth4 name eth4.100 type vlan id 100 protocol 802.1ad
ip -n far link set eth4 up
ip -n far link set eth4.100 up
far_vlan eth4.100 5 10.5.0.1/24
far_vlan eth4.100 6 10.6.0.1/24
layout qinq
ok 'a guest in the inner VLAN 5' guest_start web bridge=br5
guest_net web eth0 10.5.0.2/24 10.6.0.2/24
ok 'VLAN 100.5' guest web ping -c1 -W2 10.5.0.1
not_ok 'not 100.6' guest web ping -c1 -W1 10.6.0.1
layout_end web
far_clean

# Jumbo.
far_bond bond0 eth0 eth1 -- mode balance-xor miimon 100
ip -n far link set bond0 mtu 9000
far_vlan bond0 5 10.5.0.1/24
layout jumbo
is 'bond, ports, VLAN and bridge have it' "$(cat /sys/class/net/{bond0,eth0,eth1,bond0.5,br5}/mtu | sort -u)" 9000
ok 'a guest' guest_start web bridge=br5
guest_net web eth0 10.5.0.2/24
guest web 'ip link set eth0 mtu 9000'
ok '9000 bytes in one piece' guest web ping -c1 -W2 -M do -s 8972 10.5.0.1
layout_end web
sed 's/mtu=9000/mtu=1500/; s/vlan=5/&, mtu=9000/' /lab/examples/jumbo.conf >/etc/xen/vlanbridge.conf
output=$($network start 2>&1)
is 'a VLAN above its bond: status 2' $? 2
like 'with both numbers' "$output" '9000.*1500'
far_clean

# Private networks.
ip -n far link set eth4 up
layout private
ok 'a guest in both' guest_start web bridge=private0 bridge=private1
guest_net web eth0 10.9.0.2/24
guest_net web eth1 10.8.0.2/24
ok 'dom0 answers' guest web ping -c1 -W2 10.9.0.1
ok 'and on the dummy' guest web ping -c1 -W2 10.8.0.1
is 'no port but the guest and the dummy' "$(ls -d /sys/class/net/private*/brif/* | sed 's|.*/||; s/[0-9]*\.[0-9]//' | sort)" $'dummy0\nvif\nvif'
layout_end web
done_testing
