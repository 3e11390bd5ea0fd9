# SPDX-License-Identifier: ISC
# The engine's promises on a real host, with real guests: edits, kills and refusals, and the way back.
. /lab/lib.sh
network=/etc/xen/scripts/network-vlanbridge

addresses() { ip -br addr show dev "$1" | awk '{ $1 = $2 = ""; print }' | tr ' ' '\n' | grep -v -e '^fe80' -e '^$' | sort | tr '\n' ' '; }

ip link set eth0 up
ip link set eth1 up
ip addr add 192.0.2.2/24 dev eth0
ip addr add 192.0.2.3/24 dev eth0
ip addr add 2001:db8::2/64 dev eth0 nodad
ip route add default via 192.0.2.1
ip -6 route add default via 2001:db8::1
echo 2 >/proc/sys/net/ipv4/conf/eth0/rp_filter
ip neigh add 192.0.2.77 lladdr 52:54:00:00:00:77 dev eth0
ip neigh add 192.0.2.78 lladdr 52:54:00:00:00:78 nud permanent extern_learn dev eth0
ip route add local 10.200.0.0/16 dev eth0
wait_until 10 settled
before=$(host_state)

cat >/run/a.conf <<END
bonds = [ 'name=bond0, ports=eth0 eth1, mode=active-backup, miimon=100' ]
bridges = [ 'name=xenbr0, uplink=bond0', 'name=br{vlan}, uplink=bond0, vlan=5-7', 'name=aware, uplink=eth2, tagged=2-40' ]
END
sed 's/active-backup/balance-xor/' /run/a.conf >/run/b.conf
sed "s/'name=xenbr0, uplink=bond0'/'name=xenbr0, uplink=bond0, tagged=30-39'/" /run/a.conf >/run/loses.conf
sed 's/vlan=5-7/vlan=5-8/; s/tagged=2-40/tagged=2-60/' /run/a.conf >/run/c.conf

ok 'start' $network start config=/run/a.conf
is 'the bridge has the addresses' "$(addresses xenbr0)" '192.0.2.2/24 192.0.2.3/24 2001:db8::2/64 '
is 'and the sysctl' "$(cat /proc/sys/net/ipv4/conf/xenbr0/rp_filter)" 2
like 'and the permanent neighbour' "$(ip neigh show dev xenbr0)" '192.0.2.77 lladdr 52:54:00:00:00:77 PERMANENT'
is 'nothing is left to do' "$($network plan config=/run/a.conf)" ''

ok 'a guest in VLAN 6' guest_create web bridge=br6
ok 'and one in VLAN 10 of the VLAN-aware bridge' guest_create mail bridge=aware.10
ok 'both are ready' eval 'guest_ready web && guest_ready mail'
vifs() { for v in $(ls /sys/class/net | grep '^vif'); do echo "$v $(basename "$(readlink /sys/class/net/$v/master)") $(bridge vlan show dev $v | tr -s ' \n' ' ')"; done; }
guests=$(vifs)

ok 'an edit beside them' $network start config=/run/c.conf
is 'they stay where they are' "$(vifs)" "$guests"
ok 'another mode of the bond under dom0 and a guest' $network start config=/run/b.conf
is 'they stay where they are' "$(vifs)" "$guests"
is 'the bridge has the addresses' "$(addresses xenbr0)" '192.0.2.2/24 192.0.2.3/24 2001:db8::2/64 '
like 'the default route' "$(ip route)" 'default via 192.0.2.1 dev xenbr0'
like 'the IPv6 default route' "$(ip -6 route)" 'default via 2001:db8::1 dev xenbr0'

links() { ip -d link | grep -v vif | sed 's/_timer *[0-9.]*//g'; }
state=$(links; ip addr; ip route; ip -6 route)
not_ok 'what would cost dom0 its addresses is refused' $network start config=/run/loses.conf
is 'and nothing has changed' "$(links; ip addr; ip route; ip -6 route)" "$state"

like 'a local route that somebody added' "$(ip route show table local)" 'local 10.200.0.0/16 dev xenbr0'
ok 'a stack from arguments' $network start netdev=eth3 bridge=extra
ok 'restart' $network restart config=/run/b.conf
ok 'has it too' ip link show extra
is 'the guests are back in their bridges, with their VLANs' "$(vifs)" "$guests"
is 'the bridge has the addresses' "$(addresses xenbr0)" '192.0.2.2/24 192.0.2.3/24 2001:db8::2/64 '

guest_destroy web
guest_destroy mail
ok 'stop' $network stop
wait_until 10 settled
is 'the host is as it was' "$(host_state)" "$before"

ok 'the name of the NIC for the bridge' $network start netdev=eth0 bridge=eth0
is 'it has all addresses' "$(addresses eth0)" '192.0.2.2/24 192.0.2.3/24 2001:db8::2/64 '
ok 'and back' $network stop
wait_until 10 settled
is 'the host is as it was' "$(host_state)" "$before"
done_testing
