# SPDX-License-Identifier: ISC
# check: long
# Bridges on demand: many at once, the first racing the last, programs killed in between; dom0 ends as it began.
. /lab/lib.sh
. /lab/vif.sh
network=/etc/xen/scripts/network-vlanbridge
modprobe -a veth dummy

far_vlan eth4 1001 10.1.1.1/24
far_vlan eth4 1003 10.1.3.1/24
ip link set eth0 up
cat >/etc/xen/vlanbridge.conf <<'END'
bridges = [ 'name=br{vlan}, uplink=eth0, vlan=1000-1999, demand=yes' ]
END
ok 'start makes nothing yet' $network start
is '  indeed' "$(ip -br link | grep -cE '^br|eth0\.')" 0
# xl runs the hook for all NICs of a guest at once.
bare() { ip -br link | grep -vE '^(vif|veth)' | sed 's/ .*//'; }
before=$(bare)
nics=()
for n in {0..19}; do nics+=("bridge=eth0.$((1001 + n % 5))"); done
ok 'a guest with 20 NICs in 5 VLANs that are not there' guest_create many "${nics[@]}"
many=$(xl domid many)
is '  each in its own' "$(for n in {0..19}; do ip -o link show "vif$many.$n" | grep -c "[<,]UP.* master br$((1001 + n % 5)) "; done | sort | uniq -c | tr -s ' ')" ' 20 1'
ok 'it goes' guest_destroy many
ok '  and all bridges and VLANs with it' wait_until 10 eval '[ "$(bare)" = "$before" ]'

vif_plain {1..4} 6 {8..20}
vif_make 5
vif_make 7
before=$(bare)

# all COMMAND VIF...: at the same time; what goes wrong is printed.
all() {
	local command=$1 n
	shift
	for n; do (output=$(vif_run "$n" "$command" 2>&1) && [ -z "$output" ] || echo "$n: $? $output") & done
	wait
}

# Three ways to ask for the same.
for n in {1..20}; do
	vlan=$((1001 + n % 5))
	case $((n % 3)) in
	0) vif_ask $n bridge=eth0.$vlan ;;
	1) vif_ask $n bridge=br$vlan ;;
	2) vif_ask $n bridge=eth0 vlan=$vlan ;;
	esac
done
start=$EPOCHREALTIME
is '20 vifs at once, in 5 VLANs that are not there' "$(all online {1..20})" ''
diag "$(awk "BEGIN { printf \"%.1f s\", ${EPOCHREALTIME} - $start }")"
is '  each in its own' "$(for n in {1..20}; do ip -o link show vif$n.0 | grep -c "[<,]UP.* master br$((1001 + n % 5)) "; done | sort | uniq -c | tr -s ' ')" ' 20 1'
is '  status says which' "$($network status --json | grep -cE '"name": "vif[0-9]+\.0".* "state": "up".* "master": "br100[1-5]"')" 20
vm 5 ip addr add 10.1.1.5/24 dev eth0
vm 7 ip addr add 10.1.3.7/24 dev eth0
ok '  VLAN 1001 works' vm 5 ping -c1 -W2 10.1.1.1
ok '  VLAN 1003 works' vm 7 ping -c1 -W2 10.1.3.1
not_ok '  apart' vm 5 ping -c1 -W1 10.1.3.7
is 'fifteen leave' "$(all offline {1..15})" ''
is '  the bridges stay for the others' "$(ip -br link | grep -cE '^br100[1-5] ')" 5
is 'the last ones leave' "$(all offline {16..20})" ''
is '  all bridges and VLANs are gone' "$(bare)" "$before"

# The first joins while the last leaves.
for n in 1 2 3; do vif_ask $n bridge=eth0.1005; done
storm() {
	local n=$1 k
	for k in {1..8}; do
		vif_run $n online || echo "$n failed"
		ip -o link show vif$n.0 | grep -q '[<,]UP.* master br1005 ' || echo "$n is nowhere"
		vif_run $n offline
	done
}
is 'first races last' "$( (storm 1 & storm 2 & storm 3 & wait) 2>&1)" ''
is '  nothing is left' "$(bare)" "$before"

# Killed at any moment, the next one puts it right. after MILLISECONDS COMMAND...: killed then, children too.
after() {
	local pid
	setsid "${@:2}" >/dev/null 2>&1 &
	pid=$!
	sleep "$(printf '0.%03d' "$1")"
	kill -9 -- "-$pid" 2>/dev/null
	wait $pid 2>/dev/null
}
wrong=
for ms in 20 60 90 120 150 180 220; do
	after $ms $network demand eth0.1005
	vif_run 1 online && ip -o link show vif1.0 | grep -q '[<,]UP.* master br1005 ' || wrong+="demand after $ms ms; "
	vif_run 1 offline
	vif_run 1 online
	ip link set vif1.0 nomaster alias '' # as offline does it
	after $ms $network release br1005
	vif_run 2 online && ip -o link show vif2.0 | grep -q '[<,]UP.* master br1005 ' || wrong+="release after $ms ms; "
	vif_run 2 offline
	[ "$(bare)" = "$before" ] || wrong+="left after $ms ms; "
done
is 'network-vlanbridge killed while it makes or removes' "$wrong" ''

# As it is between the message that makes the bridge and the next one; asked for by its own name.
ip link add br1006 group $((0x766c62)) type bridge
vif_ask 1 bridge=br1006
ok 'a bridge that was left half made' vif_run 1 online
like '  is finished' "$(ip -o link show eth0.1006)" '[<,]UP.* master br1006 '
ok '  used' test -e /sys/class/net/br1006/brif/vif1.0
vif_run 1 offline
is '  and removed' "$(bare)" "$before"

# What can't be made.
vif_ask 1 bridge=eth0.2005
vif_refused 1 online "vif1.0: bridge 'eth0.2005' doesn't exist: eth0 is a network device and no bridge carries its VLAN 2005; 'uplink=eth0, vlan=2005' in /etc/xen/vlanbridge.conf would make one; this host has no bridge at all"
ip link add eth0.1007 type dummy
vif_ask 1 bridge=br1007
output=$(vif_run 1 online 2>&1)
not_ok 'a name that is taken' test $? = 0
like '  network-vlanbridge says it' "$output" "^vif1.0: bridge 'br1007' doesn't exist, and can't be made: .*eth0.1007"
ip link del eth0.1007
sed -i 's/demand=yes/demand=perhaps/' /etc/xen/vlanbridge.conf
output=$(vif_run 1 online 2>&1)
like 'a mistake in the file: its sentence' "$output" "^vif1.0: bridge 'br1007' doesn't exist, and can't be made: .*vlanbridge.conf:1: .*perhaps"
is 'nothing is left' "$(bare)" "$before"
done_testing
