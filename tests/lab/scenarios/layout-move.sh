# SPDX-License-Identifier: ISC
# network-bridge's job: what eth0 has moves to the bridge and back, while the far end pings and a TCP session lives.
. /lab/lib.sh

# Everything that can hang on a device.
ip link set eth0 up
ip addr add 192.0.2.2/24 dev eth0
ip addr add 192.0.2.3/24 dev eth0 label eth0:1
ip addr add 192.0.2.4/24 dev eth0
ip addr add 10.1.1.1 peer 10.1.1.2/32 dev eth0
ip addr add 172.16.1.1/16 dev eth0 noprefixroute scope link metric 77
ip addr add 2001:db8::2/64 dev eth0
ip addr add 2001:db8::3/64 dev eth0 noprefixroute
ip addr add 2001:db8::4/64 dev eth0 nodad
ip addr add 2001:db8::5/64 dev eth0 valid_lft 40000 preferred_lft 30000
ip link set eth1 up
ip addr add 198.51.100.2/24 dev eth1
ip route add default via 192.0.2.1 metric 100 mtu 1400 src 192.0.2.3
ip route add 203.0.113.0/24 nexthop via 192.0.2.1 dev eth0 weight 3 nexthop via 198.51.100.1 dev eth1 weight 1
ip route add 10.77.0.0/16 dev eth0 table 77
ip -6 route add default via 2001:db8::1 metric 5
ip -6 route add 2001:db8:9::/48 dev eth0 table 55
ip rule add iif eth0 table 77 priority 500
ip rule add from 10.0.0.0/8 oif eth0 table 77 priority 600
ip -6 rule add iif eth0 table 55 priority 700
ip -n far addr add 192.0.2.1/24 dev eth4
ip -n far addr add 2001:db8::1/64 dev eth4 nodad
ip -n far link set eth4 up
wait_until 10 settled
ok 'the far end reaches us' far ping -c1 -W2 192.0.2.2
ok 'by IPv6' far ping -c1 -W2 2001:db8::2

# 20 pings a second from the far end; a TCP session that says a line every 0.2 s.
far env --default-signal=INT ping -i 0.05 192.0.2.2 >/run/ping4 &
ping4=$!
far env --default-signal=INT ping -i 0.05 2001:db8::2 >/run/ping6 &
ping6=$!
nc -l -p 5001 >/run/tcp &
wait_until 5 listening tcp 5001
far bash -c 'n=0; while echo $((n++)); do sleep 0.2; done' | far nc 192.0.2.2 5001 &
wait_until 5 test -s /run/tcp
layout network-bridge
like 'the label moved along' "$(ip addr show xenbr0)" '192.0.2.3/24 scope global secondary xenbr0:1'
is 'nothing is left on eth0' "$(ip -br addr show eth0 | awk '{ print NF }')" 2
unlike 'no route by it' "$(ip route show table all | grep -v '^multicast ff00')" 'dev eth0 '
like 'the default route' "$(ip route)" 'default via 192.0.2.1 dev xenbr0 src 192.0.2.3 metric 100 mtu 1400'
is 'the bridge has its MAC address' "$(cat /sys/class/net/xenbr0/address)" "$(cat /sys/class/net/eth0/address)"
ok 'a guest joins' guest_start web bridge=xenbr0
guest_net web eth0 192.0.2.9/24
ok 'it reaches the far end' guest web ping -c1 -W2 192.0.2.1
ok 'and dom0' guest web ping -c1 -W2 192.0.2.2
seen=$(wc -l </run/tcp)
layout_end web
ok 'the TCP session lives' wait_until 5 eval "[ \$(wc -l </run/tcp) -gt $((seen + 2)) ]"
wait_until 10 eval 'far ping -c1 -W1 192.0.2.2 && far ping -c1 -W1 2001:db8::2'
pkill -INT -x ping
wait $ping4 $ping6
for n in 4 6; do
	diag <<<"IPv$n: $(grep transmitted /run/ping$n)"
	ok "at most 2% of IPv$n pings were lost, there and back" eval "awk '/packets transmitted/ { exit (\$1 - \$4) * 50 > \$1 }' /run/ping$n"
done
kill %3 2>/dev/null

# xend's way: arguments instead of a file, two netdevs by two calls, VLAN netdevs.
ip link add link eth2 name eth2.20 type vlan id 20
ip addr add 10.20.0.2/24 dev eth2.20
ip link set eth2 up
ip link set eth2.20 up
rm -f /etc/xen/vlanbridge.conf
wait_until 10 settled
before=$(host_state)
ok 'the first netdev' $network start netdev=eth1 bridge=xenbr1
ok 'the second, a VLAN' $network start netdev=eth2.20 bridge=xenbr2 vifnum=2 antispoof=yes
like 'the first is still there' "$(ip -br addr show xenbr1)" '198.51.100.2/24'
like 'and the second' "$(ip -br addr show xenbr2)" '10.20.0.2/24'
ok 'the second call again changes nothing' $network start netdev=eth2.20 bridge=xenbr2 vifnum=2 antispoof=yes
ok 'stop of the second' $network stop netdev=eth2.20 bridge=xenbr2
like 'leaves the first' "$(ip -br addr show xenbr1)" '198.51.100.2/24'
ok 'stop of the rest' $network stop
wait_until 10 settled
is 'the host is as it was' "$(host_state)" "$before"

# xend's plain start takes the device of the default route.
ok 'plain start' $network start
like 'xenbr0 has the default route' "$(ip route)" 'default via 192.0.2.1 dev xenbr0'
ok 'and again' $network start
ok 'stop' $network stop
wait_until 10 settled
is 'the host is as it was' "$(host_state)" "$before"

# network-bridge's own way: eth0 becomes peth0 and the bridge eth0.
ok 'the bridge is called like the netdev' $network start netdev=eth0 bridge=eth0
is 'the device is peth0 now' "$(cat /sys/class/net/peth0/address)" 52:54:00:00:00:00
ok 'the far end reaches us' wait_until 10 far ping -c1 -W1 192.0.2.2
is 'again: nothing to do' "$($network plan netdev=eth0 bridge=eth0 2>&1)" ''
ok 'stop' $network stop
wait_until 10 settled
is 'the host is as it was' "$(host_state)" "$before"
done_testing
