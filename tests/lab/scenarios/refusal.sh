# SPDX-License-Identifier: ISC
# What goes wrong: a refusal by the kernel halfway, mistakes in the configuration. The host stays as it was.
. /lab/lib.sh
network=/etc/xen/scripts/network-vlanbridge
conf=/etc/xen/vlanbridge.conf

# refused TEXT STATUS SENTENCE: start ends with that status and one sentence, and changes nothing.
refused() {
	local output status=0
	output=$($network start 2>&1) || status=$?
	is "$1: status $2" $status "$2"
	like "$1: the sentence" "$output" "$3"
	is "$1: one line" "$(wc -l <<<"$output")" 1
	wait_until 10 settled
	is "$1: nothing has changed" "$(host_state)" "$before"
}

ip link set eth0 up
ip addr add 192.0.2.1/24 dev eth2
modprobe dummy numdummies=0
# A bond of Ethernet ports takes no tun device: refused when eth0 and eth1 are its ports already.
modprobe tun
ip tuntap add tun9 mode tun
cat >$conf <<END
bonds = [ 'name=bond0, ports=eth0 eth1 tun9, mode=802.3ad, miimon=100' ]
bridges = [ 'name=xenbrlan, uplink=bond0, vlan=3' ]
END
modprobe bonding max_bonds=0
wait_until 10 settled
before=$(host_state)
refused 'a port that cannot be enslaved' 1 "can't set tun9 .*master=bond0.*: "

while IFS='|' read -r text sentence config; do
	printf '%b\n' "$config" >$conf
	refused "$text" 2 "$conf:$sentence"
done <<'END'
VLAN 4095|1: .*4095.*1-4094|bridges = [ 'name=br5, uplink=eth1, vlan=4095' ]
a name of 16 bytes|1: .*16 bytes.*15|bridges = [ 'name=bridge7890123456, uplink=eth1, vlan=5' ]
an unknown key|2: unknown key 'colour'|\nbridges = [ 'name=br5, uplink=eth1, vlan=5, colour=red' ]
a port in two bonds|2: eth1 .*bond1.*bond0|bonds = [ 'name=bond0, ports=eth0 eth1',\n'name=bond1, ports=eth1 eth2' ]
a VLAN in two bridges|2: VLAN 5 of eth1 .*'br5'|bridges = [ 'name=br5, uplink=eth1, vlan=5',\n'name=brx, uplink=eth1, vlan=5' ]
a missing uplink|1: .*'eth9'|wait = 0; bridges = [ 'name=br5, uplink=eth9, vlan=5' ]
a syntax error|2: |bridges = [ 'name=br5, uplink=eth1, vlan=5'
END

# A NIC that comes late is waited for, by the kernel's event; one that may be missing isn't.
echo "wait = 20; bridges = [ 'name=br5, uplink=late0, vlan=5' ]" >$conf
(wait_until 10 eval 'ls /proc/*/comm | xargs grep -l network-vlanbri' >/dev/null 2>&1; ip link add late0 type dummy) &
ok 'a NIC that comes late' $network start
ok 'has its VLAN' ip link show late0.5
ok 'stop' $network stop
ip link del late0
echo "bonds = [ 'name=bond0, ports=eth0 eth9, mode=active-backup, optional=yes' ]" >$conf
ok 'a port that may be missing' $network start
is 'the bond has the other one' "$(cat /sys/class/net/bond0/bonding/slaves)" eth0
ok 'stop' $network stop

rm $conf
output=$($network start config=$conf 2>&1)
is 'no configuration: status 2' $? 2
like 'no configuration: the sentence names the file' "$output" "$conf"
output=$($network frobnicate 2>&1)
is 'an unknown command: status 2' $? 2
done_testing
