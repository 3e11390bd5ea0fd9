# SPDX-License-Identifier: ISC
# dom0 kept apart: on a bridge where it has no address, a guest gets no answer from it and teaches it nothing.
. /lab/lib.sh
. /lab/frame.sh
network=/etc/xen/scripts/network-vlanbridge

ip link set eth0 up
ip addr add 192.0.2.2/24 dev eth0
ip addr add 2001:db8::2/64 dev eth0 nodad
ip route add default via 192.0.2.1
echo "bridges = [ 'name=br5, uplink=eth1, vlan=5', 'name=br6, uplink=eth1, vlan=6, address=10.6.0.1/24' ]" >/etc/xen/vlanbridge.conf
ok 'start' $network start
ok 'a guest' guest_start web bridge=br5 bridge=br6
guest_net web eth0 10.5.0.9/24 192.0.2.9/24 2001:db8::9/64
guest_net web eth1 10.6.0.9/24
ok 'where dom0 has an address it answers' wait_until 10 guest web ping -c1 -W1 10.6.0.1

# Whatever dom0 sends on br5 from now on, and what it takes.
mac=$(cat /sys/class/net/br5/address)
guest=$(guest web cat /sys/class/net/eth0/address)
all=ff:ff:ff:ff:ff:ff
tcpdump -lnne -i br5 -Q out >/run/sent 2>/run/sent.log </dev/null &
wait_until 5 grep -q 'listening on' /run/sent.log
taken() { awk '/^(Icmp|Udp): [0-9]/ { print }' /proc/net/snmp; grep -E '^(Icmp6InMsgs|Udp6InDatagrams|Ip6InDelivers)' /proc/net/snmp6; }
neighbours() { ip neigh show dev br5; ip -6 neigh show dev br5; }
was=$(taken | grep -v '^Icmp: ')
routes=$(ip route; ip -6 route)

send() { guest web frame eth0 "$@"; }
ok 'ARP for its addresses' send "$(frame_arp $guest $all request 192.0.2.9 192.0.2.2)" "$(frame_arp $guest $all request 10.6.0.9 10.6.0.1)"
ok 'neighbour solicitations' send "$(frame_ns $guest 33:33:ff:00:00:02 2001:db8::9 ff02::1:ff00:2 2001:db8::2)" \
	"$(frame_ns $guest $mac 2001:db8::9 2001:db8::2 2001:db8::2)"
ok 'pings to its MAC address' send "$(frame_ping $guest $mac 192.0.2.9 192.0.2.2)" "$(frame_ping $guest $mac 10.5.0.9 10.6.0.1)" \
	"$(frame_ping $guest $mac 2001:db8::9 2001:db8::2)"
ok 'UDP to its addresses' send "$(frame_udp $guest $mac 192.0.2.9 192.0.2.2 1234 9)" "$(frame_udp $guest $mac 2001:db8::9 2001:db8::2 1234 9 00)"
ok 'mDNS' send "$(frame_udp $guest 01:00:5e:00:00:fb 10.5.0.9 224.0.0.251 5353 5353)"
# Router advertisement: hop limit 64, lifetime 1800 s, prefix 2001:db8:bad::/64 with on-link and autonomous flags.
ok 'a router advertisement' send "$(frame_icmp6 $guest 33:33:00:00:00:01 fe80::1 ff02::1 ff 8600 \
	"40000708000000000000000003044000ffffffffffffffff0000000020010db80bad00000000000000000000")"
ok 'LLDP' send "$(frame_ethernet $guest 01:80:c2:00:00:0e 88cc 0207040016)"
# What dom0 would have answered, it would have answered before this.
ok 'the frames have passed' wait_until 10 guest web ping -c1 -W1 10.6.0.1
sleep 1
is 'dom0 has sent nothing there' "$(cat /run/sent)" ''
is 'and taken nothing' "$(taken | grep -v '^Icmp: ' | sed 's/^Udp: .*/Udp/')" "$(sed 's/^Udp: .*/Udp/' <<<"$was")"
is 'it has learned no neighbour' "$(neighbours)" ''
is 'no address' "$(ip -br addr show br5 | awk 'NF > 2')" ''
is 'and no route' "$(ip route; ip -6 route)" "$routes"

sed -i "s/vlan=5'/vlan=5, address=10.5.0.1\/24 2001:db8:5::1\/64'/" /etc/xen/vlanbridge.conf
ok 'with an address' $network start
ok 'it answers' wait_until 10 guest web ping -c1 -W1 10.5.0.1
is 'and a bridge that had none has the usual sysctls' "$(cat /proc/sys/net/ipv6/conf/br5/disable_ipv6)" 0
guest_destroy web
ok 'stop' $network stop
done_testing
