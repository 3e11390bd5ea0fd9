# SPDX-License-Identifier: ISC
# check: no
# The lab itself, without our programs: stock vif-bridge, LACP, two VLANs, two guests.
. /lab/lib.sh
GUEST_SCRIPT=vif-bridge

before=$(host_state)

ip link add bond0 type bond mode 802.3ad miimon 100 lacp_rate fast
for port in eth0 eth1; do ip link set "$port" master bond0; done
ip link set bond0 up
for vlan in 2 3; do
	ip link add "br$vlan" type bridge forward_delay 0
	ip link add link bond0 name "bond0.$vlan" type vlan id "$vlan"
	ip link set "bond0.$vlan" master "br$vlan" up
	ip link set "br$vlan" up
done
far_bond bond0 eth0 eth1
far_vlan bond0 2 10.0.2.1/24
far_vlan bond0 3 10.0.3.1/24

# Since 4.20 xl takes vlan=, for the script to read; this one doesn't.
xen=$(xl info | awk '/^xen_version/ { print $3 }')
vlan=
[[ $xen == 4.1* ]] || vlan=,vlan=10p/20

ok 'guest web starts' guest_create web "bridge=br3$vlan"
ok 'guest mail starts' guest_create mail bridge=br2
if [ -n "$vlan" ]; then
	is 'vlan= is in xenstore' "$(xenstore-read "/local/domain/0/backend/vif/$(xl domid web)/0/vlan")" 10p/20
else
	skip 'vlan= is in xenstore' "Xen $xen"
fi
ok 'web is ready' guest_ready web
ok 'mail is ready' guest_ready mail
ok 'both ports have found their LACP partner' wait_until 10 lacp_up bond0 2

guest_net web eth0 10.0.3.11/24 10.0.2.11/24
guest_net mail eth0 10.0.2.12/24

ok 'web reaches VLAN 3' guest web ping -c1 -W2 10.0.3.1
ok 'mail reaches VLAN 2' guest mail ping -c1 -W2 10.0.2.1
not_ok 'web does not reach VLAN 2' guest web ping -c1 -W1 10.0.2.1
not_ok 'web does not reach mail' guest web ping -c1 -W1 10.0.2.12
is 'output comes back from a guest' "$(guest web 'echo one; echo two; cat /proc/cmdline >/dev/null')" $'one\ntwo'
guest web 'exit 3' && status=0 || status=$?
is 'so does an exit status' $status 3
ok 'a cable can be pulled' cable eth0 pull
ok 'the bond goes on without it' guest web ping -c2 -i0.2 -W2 10.0.3.1
ok 'and plugged in again' cable eth0 plug
ok 'LACP is back' wait_until 10 lacp_up bond0 2

ok 'the guests go' guest_destroy web mail
for link in bond0.2 bond0.3 br2 br3 bond0; do ip link del "$link"; done
is 'the host is as it was' "$(host_state)" "$before"
done_testing
