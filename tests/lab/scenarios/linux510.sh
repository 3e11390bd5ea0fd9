# SPDX-License-Identifier: ISC
# check: long
# release: 11
# The oldest kernel that is supported: no IFLA_PARENT_DEV_NAME (5.14), no locked ports (5.18).
. /lab/lib.sh
. /lab/vif.sh
network=/etc/xen/scripts/network-vlanbridge

like 'Linux 5.10' "$(uname -r)" '^5\.10\.'
far_bond bond0 eth0 eth1
far_vlan bond0 3 10.0.3.1/24 2001:db8:3::1/64
far_vlan eth6 10 10.0.10.1/24
cat >/etc/xen/vlanbridge.conf <<'END'
bonds = [ 'name=bond0, ports=eth0 eth1, mode=802.3ad, miimon=100, lacp_rate=fast' ]
bridges = [
    'name=br3, uplink=bond0, vlan=3, vlan_name=vlan3',
    'name=br4, uplink=bond0, vlan=4, isolated=yes, antispoof=yes',
    'name=br0, uplink=eth2, tagged=10/20, nf_call=iptables',
    'name=br{vlan}, uplink=bond0, vlan=1000-1999, demand=yes',
]
END
before=$(host_state)
ok 'start' $network start
is 'nothing is left to do' "$($network plan 2>&1)" ''
ok 'the bond finds its partner' wait_until 30 lacp_up bond0 2
is 'check finds nothing' "$($network check 2>&1)" ''
is 'nf_call' "$(cat /sys/class/net/br0/bridge/nf_call_iptables)" 1
links=$(ip -br link)
# An option of Linux 5.14, which this one ignores.
sed "s/^bonds = \[/& 'name=bond1, ports=eth3, mode=802.3ad, lacp_active=off',/" /etc/xen/vlanbridge.conf >/run/newer.conf
output=$($network start config=/run/newer.conf 2>&1)
is 'an option that the kernel does not know: rolled back' $? 1
like '  with a sentence' "$output" 'lacp_active=off'
is '  nothing is changed' "$(ip -br link)" "$links"
is '  nothing is left to do' "$($network plan 2>&1)" ''

ok 'web: by an altname, with a name of its own and rules; VLAN-aware; on demand' guest_start web \
	'bridge=bond0.3,vifname=web0,ip=10.0.3.11 2001:db8:3::11,mac=00:16:3e:00:00:01' bridge=br0.10:20 bridge=bond0.1001
web=$(xl domid web)
unlike 'the kernel does not say whose it is' "$(ip -d link show web0)" parentdev
guest_net web eth0 10.0.3.11/24 2001:db8:3::11/64
guest_net web eth1 10.0.10.11/24
ok 'it talks' guest web ping -c1 -W2 10.0.3.1
ok '  by IPv6' guest web ping -c1 -W2 2001:db8:3::1
ok '  in the VLAN-aware bridge' guest web ping -c1 -W2 10.0.10.1
is '  with its VLANs' "$(vlans_of "vif$web.1")" '10 PVID Egress Untagged 20'
guest web 'ip addr add 10.0.3.99/24 dev eth0'
not_ok '  not with another address' guest web ping -I 10.0.3.99 -c1 -W1 10.0.3.1
not_ok '  which is counted' test "$(dropped "vif$web.0")" = 0
ok 'another run for it' vif_run "$web" online

output=$(guest_create thief bridge=br3,vifname=web0 2>&1)
not_ok 'a guest that wants the same name is refused' test $? = 0
like '  and told whose it is' "$output" "vifname=web0: NIC 0 of domain $web has that name already"
like '  which stays where it is' "$(ip -o link show web0)" '[<,]UP.* master br3 '
ok '  and talks' guest web ping -c1 -W2 10.0.3.1
vif_ask 77 bridge=br3 vifname=web0
ok 'nor does an offline of another take it' vif_run 77 offline
ok '  it talks' guest web ping -c1 -W2 10.0.3.1

ok 'it restarts' xl reboot -F web
restarted() { local now; now=$(xl domid web) && [ "$now" != "$web" ] && [ "$(xenstore-read "backend/vif/$now/2/hotplug-status")" = connected ]; }
ok '  and comes back' wait_until 60 restarted
like '  under its name' "$(ip -o link show web0)" ' master br3 '
ok 'restart of the network' $network restart
like '  it is back in its place' "$(ip -o link show web0)" '[<,]UP.* master br3 '
ok 'it goes' guest_destroy web
is 'nothing of it is left' "$(ip -br link)" "$links"
is 'nor a rule' "$(nft list tables | grep -c vlanbridge)" 0
ok 'stop' $network stop
wait_until 10 settled
is 'the host is as it was' "$(host_state)" "$before"
done_testing
