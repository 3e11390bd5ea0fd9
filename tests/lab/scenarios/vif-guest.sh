# SPDX-License-Identifier: ISC
# Guests' NICs under xl: name, MTU and addresses; VLANs; a private VLAN against spoofers; attach and detach; hooks; reboot.
. /lab/lib.sh
. /lab/vif.sh
network=/etc/xen/scripts/network-vlanbridge

ip link set eth0 mtu 9000
ip -n far link set eth4 mtu 9000
far_vlan eth4 3 10.0.3.1/24
far_vlan eth4 4 10.0.4.1/24 2001:db8:4::1/64
for vlan in 10 20 30; do far_vlan eth5 $vlan 10.0.$vlan.1/24; done
cat >/etc/xen/vlanbridge.conf <<'END'
bridges = [
    'name=br3, uplink=eth0, vlan=3',
    'name=br4, uplink=eth0, vlan=4, mtu=1500, isolated=yes, antispoof=yes, tx_offload=off',
    'name=br0, uplink=eth1, tagged=10/20/30',
    'name=br{vlan}, uplink=eth0, vlan=1000-1999, demand=yes',
]
END
ok 'the network starts' $network start
links=$(ip -br link)
ok 'web starts' guest_create web bridge=br3,vifname=web0,mtu=9000,ip=10.0.3.11 bridge=br0.10 bridge=br0.10:20 \
	'bridge=br4,mac=00:16:3e:00:00:0a,ip=10.0.4.11 2001:db8:4::11'
ok 'db starts' guest_create db bridge=br4,mac=00:16:3e:00:00:0b bridge=eth0.1001
web=$(xl domid web) db=$(xl domid db)

link=$(ip -d link show web0)
like 'vifname, mtu and bridge' "$link" ' mtu 9000 .* master br3 '
like 'the guest is told the MTU' "$(xenstore-read "/local/domain/$web/device/vif/0/mtu")" '^9000$'
like 'netback offers the guest checksums' "$(ethtool -k web0)" 'tx-checksum[a-z0-9-]*: on'
unlike 'tx_offload=off' "$(ethtool -k "vif$db.0")" 'tx-checksum[a-z0-9-]*: on'
is 'no address on ports' "$(ip -br addr | grep -E '^(web0|vif)' | awk 'NF > 2')" ''
is 'VLANs of an access port' "$(vlans_of "vif$web.1")" '10 PVID Egress Untagged'
is 'VLANs of a hybrid port' "$(vlans_of "vif$web.2")" '10 PVID Egress Untagged 20'
like 'a bridge on demand' "$(ip -o link show "vif$db.1")" ' master br1001 '

ok 'web is ready' guest_ready web
ok 'db is ready' guest_ready db
guest web 'ip link set eth0 up mtu 9000; ip addr add 10.0.3.11/24 dev eth0; ip addr add 10.0.3.99/24 dev eth0
	ip link set eth1 up; ip addr add 10.0.10.11/24 dev eth1
	ip link set eth2 up; ip addr add 10.0.10.12/24 dev eth2
	for v in 20 30; do ip link add link eth2 name eth2.$v type vlan id $v; ip addr add 10.0.$v.12/24 dev eth2.$v; ip link set eth2.$v up; done
	ip link set eth3 up; for n in 11 66; do ip addr add 10.0.4.$n/24 dev eth3; ip addr add 2001:db8:4::$n/64 dev eth3 nodad; done'
guest_net db eth0 10.0.4.12/24 2001:db8:4::12/64
ok 'jumbo frames arrive whole' guest web ping -I 10.0.3.11 -Mdo -s 8900 -c1 -W2 10.0.3.1
ok 'access port' guest web ping -I eth1 -c1 -W2 10.0.10.1
ok 'hybrid port, untagged' guest web ping -I eth2 -c1 -W2 10.0.10.1
ok 'hybrid port, tagged' guest web ping -c1 -W2 10.0.20.1
ok 'another run for a vif that has its name already' vif_run "$web" online
ok 'leaves it working' guest web ping -I 10.0.3.11 -c1 -W2 10.0.3.1
not_ok 'a guest that wants the same name is refused' guest_create thief bridge=br3,vifname=web0,ip=10.0.3.12
like '  and takes no filtering rules away' "$(has_rules "vif$web.0")" '"web0"'
like '  which are still the first one'"'"'s' "$(nft list set netdev "vlanbridge-vif$web.0" ip4-sources)" '10\.0\.3\.11'
ok '  nor the place' guest web ping -I 10.0.3.11 -c1 -W2 10.0.3.1
not_ok 'not in a VLAN that it was not given' guest web ping -c1 -W1 10.0.30.1

ok 'db reaches the world' guest db ping -c1 -W2 10.0.4.1
ok 'and by IPv6' guest db ping -c1 -W2 2001:db8:4::1
ok 'web too' guest web ping -I 10.0.4.11 -c1 -W2 10.0.4.1
ok 'and by IPv6' guest web ping -I 2001:db8:4::11 -c1 -W2 2001:db8:4::1
not_ok 'isolated: db does not reach web' guest db ping -c1 -W1 10.0.4.11
far ip neigh flush all
ok 'the honest address is found' far ping -c1 -W2 2001:db8:4::11
is 'nothing honest was dropped' "$(dropped "vif$web.3") $(dropped "vif$db.0")" '0 0'
guest web 'ping -I 10.0.3.99 -c1 -W1 10.0.3.1 & ping -I 10.0.4.66 -c1 -W1 10.0.4.1 & ping -I 2001:db8:4::66 -c1 -W1 2001:db8:4::1 & wait' >/dev/null
far bash -c 'ping -c1 -W1 10.0.4.66 & ping -c1 -W1 2001:db8:4::66 & wait' >/dev/null
is 'the world has learned none of the spoofed addresses' "$(ip -n far neigh | grep -E '66|\.99' | grep lladdr)" ''
for reason in arp ip6; do
	not_ok "spoofed $reason: dropped and counted" test "$(dropped "vif$web.3" "$reason")" = 0
done
not_ok 'on a bridge without antispoof, ip= alone does it' test "$(dropped "vif$web.0")" = 0
guest db 'ip link set eth0 down; ip link set eth0 address 00:16:3e:00:00:0c; ip link set eth0 up; ip addr add 2001:db8:4::12/64 dev eth0 nodad'
not_ok 'spoofed MAC' guest db ping -c1 -W1 10.0.4.1
not_ok 'dropped and counted' test "$(dropped "vif$db.0" mac)" = 0
ok 'db goes' guest_destroy db
not_ok 'its rules are gone' has_rules "vif$db.0"
not_ok 'its bridge on demand too' ip link show br1001

ok 'attach' xl network-attach web bridge=br0.30 script=vif-vlanbridge vifname=extra
is 'in its VLAN' "$(vlans_of extra)" '30 PVID Egress Untagged'
guest_net web eth4 10.0.30.14/24
ok 'reachable there' guest web ping -I eth4 -c1 -W2 10.0.30.1
ok 'detach' xl network-detach web 4
not_ok 'gone' wait_until 0 ip link show extra
# What becomes of web's NICs.
web_ports() {
	local device
	for device in web0 "vif$web.1" "vif$web.2" "vif$web.3"; do
		ip -o link show "$device" | sed -E 's/.* mtu ([0-9]+) .* master ([^ ]+) .*/\1 \2/'
	done
}
# restarted WAS: web is there, as another domain, and its last vif is plugged.
restarted() {
	local now
	now=$(xl domid web) && [ "$now" != "$1" ] && [ "$(xenstore-read "backend/vif/$now/3/hotplug-status")" = connected ]
}
ports=$(web_ports)
guest web '(sleep .2; reboot -f) >/dev/null 2>&1 &'
ok 'web restarts' wait_until 60 restarted "$web"
web=$(xl domid web)
is 'everything is in its place again' "$(web_ports)" "$ports"
is 'VLANs too' "$(vlans_of "vif$web.2")" '10 PVID Egress Untagged 20'
is 'rules, for no others' "$(nft list tables | grep -oE 'vif.*' | sort | tr '\n' ' ')" "vif$web.0 vif$web.3 "

not_ok 'a NIC on demand that is refused' xl network-attach web bridge=eth0.1002 mtu=10000 script=vif-vlanbridge
not_ok 'leaves no bridge behind' ip link show br1002
mkdir /etc/xen/scripts/vif-post.d
cat >/etc/xen/scripts/vif-post.d/check.hook <<'END'
echo "$command $type_if $dev $bridge $XENBUS_PATH $ip" >>/run/hooks
env | grep -E '^(ip|mtu|vlan|bridge)=' >>/run/leaked || :
[ "$vifname $command" != 'bad online' ] || { echo 'asking for a licence'; echo 'no licence for this one' >&2; exit 4; }
END
chmod +x /etc/xen/scripts/vif-post.d/check.hook
output=$(xl network-attach web bridge=br0.30 script=vif-vlanbridge vifname=bad ip=10.0.30.9 2>&1)
not_ok 'a hook in vif-post.d that fails' test $? = 0
like 'the user reads its last words' "$output" 'hook /etc/xen/scripts/vif-post.d/check.hook failed with exit status 4: no licence for this one'
like '  and what it printed' "$output" 'asking for a licence'
like '  its errors are where those of vif-bridge are' "$(cat /var/log/xen/xen-hotplug.log)" 'no licence for this one'
like 'it had the variables' "$(cat /run/hooks)" "^online vif bad br0 backend/vif/$web/[0-9]+ 10.0.30.9"
is '  and what it ran had not' "$(cat /run/leaked)" ''
not_ok 'no vif is left' ip link show bad
is 'and no rules' "$(nft list ruleset | grep -c '"bad"')" 0
rm -r /etc/xen/scripts/vif-post.d

ok 'web goes' guest_destroy web
is 'no rule is left' "$(nft list tables | grep -c vlanbridge)" 0
is 'nor anything else' "$(ip -br link)" "$links"
done_testing
