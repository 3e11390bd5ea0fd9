# SPDX-License-Identifier: ISC
# check: no
# lab: hvm
# The lab's HVM and PVH guests, without our programs: stock vif-bridge, vifs and taps.
. /lab/lib.sh
GUEST_SCRIPT=vif-bridge
before=$(host_state)

for n in 2 3 4; do
	port=eth$((n - 2))
	ip link add "br$n" type bridge forward_delay 0
	ip link set "$port" master "br$n" up
	ip link set "br$n" up
	ip -n far addr add "10.0.$n.1/24" dev "$(far_end $port)"
	ip -n far link set "$(far_end $port)" up
done

# master_of LINK
master_of() {
	basename "$(readlink "/sys/class/net/$1/master")"
}

GUEST_TYPE=hvm ok 'an HVM guest starts' guest_create old \
	'type=ioemu,model=e1000,bridge=br2,mac=00:16:3e:00:00:02' 'type=ioemu,model=rtl8139,bridge=br3,mac=00:16:3e:00:00:03'
GUEST_TYPE=pvh ok 'a PVH guest starts' guest_create new bridge=br4
old=$(xl domid old)
is 'the first tap is in its bridge' "$(master_of "vif$old.0-emu")" br2
is 'and the second in its' "$(master_of "vif$old.1-emu")" br3
ok 'the HVM guest is ready' guest_ready old
ok 'the PVH guest is ready' guest_ready new

is 'the first NIC is an e1000' \
	"$(guest old 'basename $(readlink /sys/class/net/eth0/device/driver); cat /sys/class/net/eth0/address')" $'e1000\n00:16:3e:00:00:02'
is 'the second an rtl8139' \
	"$(guest old 'basename $(readlink /sys/class/net/eth1/device/driver); cat /sys/class/net/eth1/address')" $'8139cp\n00:16:3e:00:00:03'
is 'and there are no others' "$(guest old 'ls /sys/class/net')" $'eth0\neth1\nlo'
guest_net old eth0 10.0.2.11/24
guest_net old eth1 10.0.3.11/24
guest_net new eth0 10.0.4.11/24
ok 'ping through the e1000' guest old ping -c2 -i0.2 -W2 10.0.2.1
ok 'ping through the rtl8139' guest old ping -c2 -i0.2 -W2 10.0.3.1
ok 'ping from the PVH guest' guest new ping -c2 -i0.2 -W2 10.0.4.1

ok 'frames can be watched' capture far "$(far_end eth0)"
arp=$(frame_arp 00:16:3e:00:00:66 ff:ff:ff:ff:ff:ff request 10.0.2.66 10.0.2.1)
ok 'and sent' guest old frame eth0 "$arp" "$(frame_tag 5 "$arp")"
ok 'they arrive' wait_until 5 captured far "$(far_end eth0)" '66 > ff:ff.*10.0.2.1 tell 10.0.2.66'
ok 'with their tags' wait_until 5 captured far "$(far_end eth0)" 'vlan 5,.* tell 10.0.2.66'

ok 'the guests go' guest_destroy old new
ok 'their taps and vifs too' wait_until 5 eval '! ip -br link | grep -q ^vif'

# What most HVM guests do: unplug the emulated NIC, and use the vif.
GUEST_TYPE=hvm GUEST_UNPLUG='' ok 'an HVM guest with drivers of its own' guest_start pvhvm type=ioemu,bridge=br2
guest_net pvhvm eth0 10.0.2.12/24
is 'has a vif' "$(guest pvhvm 'basename $(readlink /sys/class/net/eth0/device/driver)')" vif
ok 'and pings through it' guest pvhvm ping -c2 -i0.2 -W2 10.0.2.1
ok 'it goes' guest_destroy pvhvm
for n in 2 3 4; do
	ip link set "eth$((n - 2))" nomaster down
	ip link del "br$n"
done
ok 'the host is as it was' wait_until 5 eval '[ "$(host_state)" = "$before" ]'
done_testing
