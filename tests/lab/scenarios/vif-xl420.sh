# SPDX-License-Identifier: ISC
# release: 13
# Xen 4.20, whose xl takes vlan=: where the guest's file says is where the guest is, end to end.
. /lab/lib.sh
. /lab/vif.sh
network=/etc/xen/scripts/network-vlanbridge

for vlan in 10 20 30; do far_vlan eth5 $vlan 10.0.$vlan.1/24; done
echo "bridges = [ 'name=xenbr0, uplink=eth1, tagged=10-30' ]" >/etc/xen/vlanbridge.conf
ok 'the network starts' $network start
output=$(guest_create bad bridge=xenbr0,vlan=10//x 2>&1)
not_ok 'junk is refused' test $? = 0
like '  with the sentence' "$output" "vlan=10//x: VLAN list: '' is neither a VLAN ID, nor FIRST-LAST, nor FIRST\+STEPxCOUNT"
is '  no vif is left behind' "$(ip -br link | grep -c '^vif')" 0
ok 'web starts' guest_start web bridge=xenbr0,vlan=10p/20
is 'its VLANs' "$(vlans_of "vif$(xl domid web).0")" '10 PVID Egress Untagged 20'
hybrid web

# What is changed while it runs, xl keeps.
restarted() {
	local now
	now=$(xl domid web) && [ "$now" != "$1" ] && [ "$(xenstore-read "backend/vif/$now/0/hotplug-status")" = connected ]
}
web=$(xl domid web)
ok 'other VLANs' $vif_scripts/vif-vlanbridge update web/0 vlan=20p/30
is '  it is in them' "$(vlans_of "vif$web.0")" '20 PVID Egress Untagged 30'
like '  xl has them' "$(xl list -l web)" '"vlan": "20p/30"'
guest web '(sleep .2; reboot -f) >/dev/null 2>&1 &'
ok 'web restarts' wait_until 60 restarted "$web"
is '  in these VLANs' "$(vlans_of "vif$(xl domid web).0")" '20 PVID Egress Untagged 30'
ok 'ready' guest_ready web
ok 'web goes' guest_destroy web
ok 'stop' $network stop
done_testing
