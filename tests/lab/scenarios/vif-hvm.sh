# SPDX-License-Identifier: ISC
# lab: hvm
# An HVM guest without drivers of its own: four emulated NICs, each in its VLAN through its tap. And a PVH guest beside it.
. /lab/lib.sh
. /lab/vif.sh
network=/etc/xen/scripts/network-vlanbridge

for vlan in 900 901 902 903; do far_vlan eth6 $vlan 10.9.$((vlan - 900)).1/24; done
echo "bridges = [ 'name=br{vlan}, uplink=eth2, vlan=900-903' ]" >/etc/xen/vlanbridge.conf
ok 'the network starts' $network start
links=$(ip -br link | sed 's/ .*//')
GUEST_TYPE=hvm
ok 'a guest with four emulated NICs starts' guest_create old type=ioemu,model=e1000,bridge=br900 type=ioemu,model=rtl8139,bridge=br901 \
	type=ioemu,model=e1000,bridge=eth2.902,vifname=dmz type=ioemu,model=rtl8139,bridge=br903
old=$(xl domid old)
GUEST_TYPE=pvh ok 'and a PVH guest' guest_create new bridge=br900 bridge=eth2.903,vifname=lan
plugged() { # vifs and taps, each with its bridge
	ip -o link show type bridge_slave | sed -nE "s/^[0-9]+: ((vif$old\.|dmz)[^:@]*).*[<,]UP.* master ([^ ]+) .*/\1 \3/p" |
		sed "s/^vif$old/vifN/" | sort
}
is 'vifs and taps are in their bridges, up' "$(plugged)" "$(sort <<'END'
vifN.0 br900
vifN.0-emu br900
vifN.1 br901
vifN.1-emu br901
dmz br902
dmz-emu br902
vifN.3 br903
vifN.3-emu br903
END
)"
is 'none has an address' "$(ip -br addr | grep -E '^(vif|dmz)' | awk 'NF > 2')" ''
ok 'the guest is ready' guest_ready old
ok 'the PVH guest too' guest_ready new
guest_net new eth0 10.9.0.21/24
guest_net new eth1 10.9.3.21/24
ok 'the PVH guest is in VLAN 900' guest new ping -I eth0 -c1 -W2 10.9.0.1
ok 'and, with a NIC that has a name, in VLAN 903' guest new ping -I eth1 -c1 -W2 10.9.3.1
ok 'it goes' guest_destroy new
for n in 0 1 2 3; do guest_net old eth$n 10.9.$n.11/24; done
for n in 0 1 2 3; do ok "NIC $n is in VLAN 90$n" guest old ping -I eth$n -c1 -W2 10.9.$n.1; done
not_ok 'and in no other' guest old 'ip addr add 10.9.1.12/24 dev eth0; ping -I eth0 -c1 -W1 10.9.1.1'

before=$(plugged)
not_ok 'an emulated NIC cannot be attached' xl network-attach old type=ioemu bridge=br900 script=vif-vlanbridge
is 'and leaves nothing half plugged' "$(plugged)" "$before"
ok 'a NIC in use is detached' xl network-detach old 3
is 'its tap too' "$(plugged | grep -c 'vifN.3')" 0
ok 'the guest goes' guest_destroy old
wait_until 5 eval '! ip -br link | grep -qE "^(vif|dmz)"'
is 'nothing is left' "$(ip -br link | sed 's/ .*//')" "$links"
ok 'stop' $network stop
done_testing
