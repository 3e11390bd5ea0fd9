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
ok 'web goes' guest_destroy web
ok 'stop' $network stop
done_testing
