# SPDX-License-Identifier: ISC
# Several bonds; a guest with a NIC behind each; a cable of either is pulled while it pings.
. /lab/lib.sh

far_bond bond0 eth0 eth1
far_bond bond1 eth2 eth3 -- mode active-backup miimon 100
far_vlan bond0 100 10.1.0.1/24
far_vlan bond1 200 10.2.0.1/24
layout bonds
ok 'a guest with a NIC behind each bond' guest_start web bridge=xenbr0 bridge=xenbr1
ok 'the switch is an LACP partner' wait_until 10 lacp_up bond0 2
guest_net web eth0 10.1.0.2/24
guest_net web eth1 10.2.0.2/24
ok 'VLAN 100 of bond0' guest web ping -c1 -W2 10.1.0.1
ok 'VLAN 200 of bond1' guest web ping -c1 -W2 10.2.0.1
is 'primary=eth2 is active' "$(cat /sys/class/net/bond1/bonding/active_slave)" eth2

# 20 pings a second over 6 s through both bonds; at most one second is lost, 20 packets.
guest web 'ping -i 0.05 -c 120 10.1.0.1 >/run/one 2>&1 & ping -i 0.05 -c 120 10.2.0.1 >/run/two 2>&1 & exit 0'
ok 'a cable of the LACP bond is pulled' cable eth0 pull
ok 'and the active one of the other' cable eth2 pull
guest web 'while pidof ping >/dev/null; do sleep 0.2; done'
for bond in one two; do
	n=$(guest web "cat /run/$bond" | lost)
	diag "bond $bond: $n of 120 pings lost"
	ok "at most a second is lost ($bond)" test "${n:-120}" -le 20
done
cable eth0 plug
cable eth2 plug
ok 'LACP is back' wait_until 10 lacp_up bond0 2
layout_end web

# Every mode and option: up, read back by plan, which finds nothing to do, and away.
far_clean
while read -r options; do
	echo "bonds = [ 'name=bond0, ports=eth0 eth1, $options' ]" >/etc/xen/vlanbridge.conf
	ok "$options" $network start
	is 'all is as asked for' "$($network plan 2>&1)" ''
	ok 'stop' $network stop
done <<'END'
mode=balance-rr, packets_per_slave=4, miimon=50, updelay=100, downdelay=50, resend_igmp=3, use_carrier=0
mode=active-backup, arp_interval=500, arp_ip_target=10.0.0.1 10.0.0.2, arp_validate=all, arp_all_targets=all, primary=eth1, primary_reselect=better, fail_over_mac=active, missed_max=5
mode=balance-xor, xmit_hash_policy=encap3+4, miimon=100, all_slaves_active=1, min_links=1
mode=broadcast, miimon=100, num_grat_arp=4, peer_notif_delay=200
mode=802.3ad, miimon=100, lacp_rate=1, ad_select=bandwidth, ad_actor_sys_prio=100, ad_user_port_key=5, ad_actor_system=02:00:00:00:00:01, lacp_active=off
mode=balance-tlb, miimon=100, tlb_dynamic_lb=0, lp_interval=5
mode=6, miimon=100, mac=52:54:00:12:45:57, mtu=9000
END
done_testing
