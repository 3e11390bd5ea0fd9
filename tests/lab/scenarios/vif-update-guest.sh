# SPDX-License-Identifier: ISC
# check: long
# lab: time=600
# A running guest's NIC gets other settings: how long it is cut off, and that a reboot, save and restore keep them. What else there is to
# updates is vif-update's subject.
. /lab/lib.sh
. /lab/vif.sh
. /lab/stream.sh
network=/etc/xen/scripts/network-vlanbridge
update() { $vif_scripts/vif-vlanbridge update "$@"; }

# VLANs 3 and 4 of eth0, 10 and 20 of eth1 are one network at the far end: the guest is reachable in each.
far ip link add lan type bridge forward_delay 0 mcast_snooping 0
for v in 4.3 4.4 5.10 5.20; do
	far_vlan eth${v%.*} ${v#*.}
	ip -n far link set eth$v master lan
done
ip -n far addr add 10.0.3.1/24 dev lan
ip -n far link set lan up
cat >/etc/xen/vlanbridge.conf <<'END'
bridges = [ 'name=br{vlan}, uplink=eth0, vlan=3-4', 'name=br0, uplink=eth1, tagged=10/20' ]
END
ok 'the network starts' $network start
ok 'a guest' guest_start web bridge=br3
web=$(xl domid web)
guest_net web eth0 10.0.3.11/24
ok 'reachable' wait_until 5 guest web ping -c1 -W1 10.0.3.1

# over TEXT THERE BACK: two updates, each with 1,000 datagrams a second in either direction. Three times, and the shortest interruption
# of each counts: the emulator translates what it has not run yet, and shares this machine with others.
over() {
	local gaps=() round there least
	for round in 1 2 3; do
		for there in "$2" "$3"; do
			streams_begin guest web 10.0.3.11 10.0.3.1
			# shellcheck disable=SC2086
			update web/0 $there || tap_fail "$1: $there"
			streams_end guest web >/dev/null
			gaps+=("$gap")
		done
	done
	least=$(for round in 0 1; do printf '%s\n' "${gaps[round]}" "${gaps[round + 2]}" "${gaps[round + 4]}" | sort -n | head -1; done | sort -n | tail -1)
	ok "$1: cut off for $least ms (${gaps[*]})" test "$least" -le "$((5 * ${LAB_SLOWNESS:-100} / 100))"
}
over 'MTU' mtu=1400 mtu=
over 'another bridge' bridge=br4 bridge=br3
over 'a VLAN-aware bridge' bridge=br0.10 bridge=br3
update web/0 bridge=br0.10
over 'another VLAN' bridge=br0.20 bridge=br0.10
over 'addresses' ip=10.0.3.11 ip=
over 'antispoof' antispoof=yes antispoof=
over 'isolated' isolated=yes isolated=
update web/0 ip=10.0.3.11
over 'other addresses' 'ip=10.0.3.11,10.0.3.12' ip=10.0.3.11
over 'another VLAN, with rules' bridge=br0.20 bridge=br0.10
over 'another bridge, with rules' bridge=br3 bridge=br0.10
over 'another bridge, with other addresses' 'bridge=br3 ip=10.0.3.11,10.0.3.12' 'bridge=br0.10 ip=10.0.3.11'

# What is kept. The backend's directory says what xl has asked for.
asked() {
	local key
	web=$(xl domid web)
	for key in bridge mtu ip; do xenstore-read "backend/vif/$web/0/$key"; done | tr '\n' ' '
	vlans_of "vif$web.0"
	ip -o link show "vif$web.0" | grep -oE 'mtu [0-9]+|master [^ ]+' | tr '\n' ' '
	nft list set netdev "vlanbridge-vif$web.0" ip4-sources | grep -oE '10[0-9.]+'
}
restarted() {
	local now
	now=$(xl domid web) && [ "$now" != "$web" ] && [ "$(xenstore-read "backend/vif/$now/0/hotplug-status")" = connected ]
}
ok 'all at once' update web/0 bridge=br0.20 ip=10.0.3.11 antispoof= isolated=yes mtu=1400
after=$(asked)
like '  the guest has it' "$after" '^br0.20 1400 10.0.3.11 isolated 20 PVID Egress Untagged'
like '  so has xl' "$(xl list -l web)" '"bridge": "br0.20"'
output=$(update web/0 vlan=10 bridge=br0 2>&1)
is 'an xl that keeps no vlan= says so' "$? $output" "1 vif-vlanbridge update: vif$web.0: this version of xl keeps no vlan=: give the VLANs as \
bridge=NAME.VLAN, NAME.VLAN:TRUNK or NAME:TRUNK"
is '  nothing has changed' "$(asked)" "$after"
ok 'saved' xl save web /run/web.save
ok 'restored' guest_by web xl restore /run/web.save
is '  it has what it had' "$(asked)" "$after"
web=$(xl domid web)
ok '  reachable' wait_until 10 guest web ping -c1 -W1 10.0.3.1
guest web '(sleep .2; reboot -f) >/dev/null 2>&1 &'
ok 'rebooted' wait_until 60 restarted
web=$(xl domid web)
is '  it has what it had' "$(asked)" "$after"
ok 'an update before it runs' update web/0 bridge=br4
ok 'ready' guest_ready web
xl config-update web /run/lab/guest/web/config >/dev/null
like 'a configuration of xl config-update waits' "$(update web/0 ip= 2>&1)" 'its next start takes that one'
guest web '(sleep .2; reboot -f) >/dev/null 2>&1 &'
web=$(xl domid web)
ok '  taken' wait_until 60 restarted
is '  by the next start' "$(xenstore-read "backend/vif/$(xl domid web)/0/bridge")" br3
ok 'the guest goes' guest_destroy web
is 'nothing is left' "$(ip -br link | grep -c ^vif; nft list tables)" 0
done_testing
