# SPDX-License-Identifier: ISC
# The hook alone, without guests: VLANs by what arrives at the far end, names, MTUs, undo, taps, QEMU's calls.
. /lab/lib.sh
. /lab/vif.sh
modprobe -a tun veth dummy
script=/etc/xen/scripts/vif-vlanbridge

ip link add br0 type bridge vlan_filtering 1 forward_delay 0 mcast_snooping 0
ip link set eth1 master br0 up
ip link set br0 up
bridge vlan del dev eth1 vid 1
for vlan in 10 20 21 22; do bridge vlan add dev eth1 vid $vlan; far_vlan eth5 $vlan 10.0.$vlan.1/24; done
ip link add brn type bridge vlan_filtering 1 vlan_default_pvid 0
ip link add br9 mtu 9000 type bridge
ip link set br9 mtu 1500
ip link add bond0 type bond
ip link add link bond0 name vlan3 type vlan id 3
ip link property add dev vlan3 altname bond0.3
ip link add xenbrlan type bridge
ip link set vlan3 master xenbrlan

# Access, trunk and hybrid ports, end to end. far_sees TAG N: what the vif sends to 10.0.N.1 comes out of eth1 with that tag, or not
# at all if TAG is nothing.
far_sees() {
	local file=/run/frames.$tap_count pid
	ip netns exec far tcpdump -Z root -i eth5 -e -nn -l --immediate-mode 'ether src 02:00:00:00:00:07' >"$file" 2>"$file.err" &
	pid=$!
	wait_for_line "$file.err" 'listening on' 10 >/dev/null || { cat "$file.err"; return 1; }
	vm 7 ping -c1 -W1 "10.0.$2.1" >/dev/null
	[ "$1" = nothing ] || wait_until 3 grep -E "(who-has|>) 10\.0\.$2\.1[: ]" "$file"
	kill $pid
	wait $pid 2>/dev/null
	grep -E "(who-has|>) 10\.0\.$2\.1[: ]" "$file" >"$file.seen"
	cat "$file.seen"
	[ "$(grep -oE 'vlan [0-9]+, ' "$file.seen" | sort -u)" = "vlan $1, " ] || { [ "$1" = nothing ] && [ ! -s "$file.seen" ]; }
}

vif_make 7
vm 7 ip link set eth0 address 02:00:00:00:00:07
vm 7 ip addr add 10.0.10.7/24 dev eth0
for vlan in 20 21 22; do
	vm 7 ip link add link eth0 name eth0.$vlan type vlan id $vlan
	vm 7 ip addr add 10.0.$vlan.7/24 dev eth0.$vlan
	vm 7 ip link set eth0.$vlan up
done
reaches() { # the VLANs whose far end answers; 10 is asked untagged
	local vlan
	for vlan in 10 20 21 22; do vm 7 ping -c1 -W1 10.0.$vlan.1 >/run/ping.$vlan & done
	wait
	for vlan in 10 20 21 22; do grep -q ' 0% packet loss' /run/ping.$vlan && printf '%s ' $vlan; done
}
while IFS='|' read -r asked vlans reached; do
	# shellcheck disable=SC2086
	vif_ask 7 $asked
	ok "$asked" vif_run 7 online
	is "  the port's VLANs" "$(vlans_of vif7.0)" "$vlans"
	is '  what the guest reaches' "$(reaches)" "${reached:+$reached }"
done <<'END'
bridge=br0 vlan=10|10 PVID Egress Untagged|10
bridge=br0.10|10 PVID Egress Untagged|10
bridge=br0.10:20:22|10 PVID Egress Untagged 20 22|10 20 22
bridge=br0 vlan=10p/20-21|10 PVID Egress Untagged 20 21|10 20 21
bridge=br0 vlan=20+1x2/22|20 21 22|20 21 22
bridge=br0|1 PVID Egress Untagged|
END
vif_ask 7 bridge=br0 vlan=10p/20
vif_run 7 online
ok 'hybrid: what is untagged arrives with the PVID' far_sees 10 10
ok 'hybrid: what is tagged arrives with its tag' far_sees 20 20
ok 'hybrid: another tag does not' far_sees nothing 21
vif_ask 7 bridge=br0 vlan=20-21
vif_run 7 online
ok 'trunk: what is untagged does not arrive' far_sees nothing 10
far_hears() { # whether the far end's broadcast in a VLAN gets to the vif
	capture vm7 eth0 vlan "$1" and arp
	far arping -c2 -w1 -I "eth5.$1" "10.0.$1.99" >/dev/null
	captured vm7 eth0 "10.0.$1.99" >/dev/null
}
ok 'trunk: a broadcast in its VLAN comes in' far_hears 21
not_ok 'trunk: one in another does not' far_hears 22
vif_ask 7 bridge=br0 vlan=1+2x2047
ok 'the longest list' vif_run 7 online
is '  has all' "$(bridge vlan show dev vif7.0 | grep -cE '[0-9]')" 2047

# The cost that one can count. calls PATTERN: how many of the traced calls match.
trace_online() {
	vif_run 7 offline
	strace -f -o /run/strace env script=x XENBUS_PATH=backend/vif/7/0 vif=vif7.0 $script online
	sed -i '1,/execve.*vif-vlanbridge"/d' /run/strace
}
calls() { grep -cE "$1" /run/strace; }
vif_ask 7 bridge=br0 vlan=10p/20-30
trace_online
is 'online: two netlink sends' "$(calls ' sendmsg\(')" 2
is 'online: no process' "$(calls '(clone|clone3|fork|vfork|execve)\(')" 0
# But for the libraries of a program with sanitizers.
opens() { grep -E "$1" /run/strace | grep -vcE 'vif-vlanbridge.lock|/lib/|"/etc/ld|"/proc/self/'; }
is 'online: no file but the lock' "$(opens '(open|openat)\(')" 0
requests() { calls 'write\([0-9]+, "(backend/vif/7/0|/local)'; }
is 'online: what xenstored is asked: names, bridge, vlan, state, mtu, status' "$(requests)" 6
vif_ask 7 bridge=br0
trace_online
is 'without vlan=: names, bridge, state, mtu, status' "$(requests)" 5
is '  two netlink sends' "$(calls ' sendmsg\(')" 2
is '  no process, and no file but the lock' "$(opens '(clone|clone3|fork|vfork|execve|open|openat)\(')" 0

# The way to the bridge.
vif_make 8
for asked in bridge=xenbrlan bridge=bond0.3 bridge=vlan3 'bridge=bond0 vlan=3'; do
	# shellcheck disable=SC2086
	vif_ask 8 $asked
	ok "$asked" vif_run 8 online
	like '  leads to xenbrlan' "$(ip -o link show vif8.0)" ' master xenbrlan '
	ok '  and out of it' vif_run 8 offline
	unlike '  down' "$(ip -o link show vif8.0)" '[<,]UP|master'
done
ok 'offline again' vif_run 8 offline
vif_ask 8 bridge=brn
before=$(ip -d link show vif8.0)
vif_refused 8 online 'vif8.0: bridge brn is VLAN-aware and has no default VLAN: say which with bridge=brn.VLAN or vlan='
is '  the vif is untouched' "$(ip -d link show vif8.0)" "$before"
vif_ask 8 bridge=xenbrlan mtu=1400
ok 'an MTU' vif_run 8 online
is "  doesn't pull down the bridge's before the vif has it" \
	"$(cat /sys/class/net/vif8.0/mtu) $(xenstore-read /local/domain/8/device/vif/0/mtu)" '1400 1400'

# Names; and the undo when the kernel refuses in the middle.
# A bridge is refused as a port. It has been up once, for the kernel replaces the first queueing discipline for good.
ip link add vif5.0 address 02:00:00:00:00:05 type bridge
ip link set vif5.0 up
ip link set vif5.0 down
before=$(ip -d link show vif5.0)
vif_ask 5 bridge=br0 vifname=web mtu=1400 vlan=10
vif_refused 5 online "vif5.0: can't put it into bridge br0 with MTU 1400 (it has 1500): Can not enslave a bridge to a bridge"
is '  name, MTU and addresses are as before' "$(ip -d link show vif5.0)" "$before"
ip link del vif5.0
vif_make 5
before=$(ip -d link show vif5.0)
ip link add dummy5 type dummy
ip link property add dev dummy5 altname web
vif_refused 5 online "vif5.0: vifname=web: a dummy of this host (index $(cat /sys/class/net/dummy5/ifindex)) has that name already: dummy5"
is '  nothing was touched' "$(ip -d link show vif5.0)" "$before"
ip link del dummy5
vif_ask 5 bridge=br0 vifname=web vlan=10
ok 'with the name free it works' vif_run 5 online
like '  renamed, in the bridge, up' "$(ip -o link show web)" '[<,]UP.* master br0 .*fe:ff:ff:ff:ff:ff'
is '  without an address' "$(ip addr show web | grep -c inet)" 0

# Taps.
VIF_EMULATED=yes
vif_refused_tap() {
	local output status=0
	output=$(vif_run "$1" add 2>&1) || status=$?
	is "refused: $2" "$status $output" "1 vif$1.0-emu: $2"
}
vif_refused_tap 5 "the device doesn't exist: QEMU hasn't made it, or the guest has unplugged its emulated NICs"
ok 'remove for it is fine' vif_run 5 remove
vif_ask 8 bridge=br0.10
vif_run 8 online
vif_refused_tap 8 "the device doesn't exist: QEMU hasn't made it, or the guest has unplugged its emulated NICs"
unlike '  its vif is out too' "$(ip -o link show vif8.0)" '[<,]UP|master'
ip tuntap add vif5.0-emu mode tap
ok 'add' vif_run 5 add
ok 'again' vif_run 5 add
like '  renamed, in the bridge, up' "$(ip -o link show web-emu)" '[<,]UP.* master br0 .*fe:ff:ff:ff:ff:ff'
is '  in the VLAN' "$(vlans_of web-emu)" '10 PVID Egress Untagged'
ok 'remove' vif_run 5 remove
unlike '  out of the bridge, down' "$(ip -o link show web-emu)" '[<,]UP|master'
like '  the vif stays in' "$(ip -o link show web)" ' master br0 '
ip link del web-emu
VIF_EMULATED=

# QEMU's convention.
ip tuntap add tap9 mode tap
ok 'QEMU: tap9 goes into br9' $script tap9 </dev/null
like '  there it is' "$(ip -o link show tap9)" '[<,]UP.* master br9 '
ok 'QEMU: and out' $script tap9 down
ok 'QEMU: into BRIDGE=' env BRIDGE=xenbrlan $script tap9 up
like '  there it is' "$(ip -o link show tap9)" '[<,]UP.* master xenbrlan '
ln -s vif-vlanbridge /etc/xen/scripts/kvm-ifdown
ok 'QEMU: out, by the name of the script' /etc/xen/scripts/kvm-ifdown tap9
unlike '  there it is' "$(ip -o link show tap9)" ' master '

# The way xend and udev call: all in arguments, or a device alone.
vif_ask 8 bridge=brn
ok 'xend: xenstore over arguments over environment' env mtu=1300 bridge=br9 $script online vif=vif8.0 XENBUS_PATH=backend/vif/8/0 bridge=xenbrlan \
	vlan=7 mtu=1450
is '  as asked' "$(vlans_of vif8.0) $(cat /sys/class/net/vif8.0/mtu)" '7 PVID Egress Untagged 1450'
ip tuntap add vif8.0-emu mode tap
ok 'udev: a tap, by its name alone' env INTERFACE=vif8.0-emu vlan=8 $script add type_if=tap
is '  as asked' "$(vlans_of vif8.0-emu)" '8 PVID Egress Untagged'
ok 'udev: a vif that is gone' env XENBUS_PATH=backend/vif/77/0 $script offline
not_ok '  no node is made' xenstore-exists backend/vif/77

# A vif that comes late; one that is registered anew while the toolstack calls.
vif_ask 6 bridge=xenbrlan
(sleep 1; vif_make 6) &
ok 'a vif that appears while the hook waits' vif_run 6 online
like '  is plugged' "$(ip -o link show vif6.0)" ' master xenbrlan '
wait

# network-vlanbridge makes a bridge with its group first; what is allowed on it is known when it has its mark.
ip link add br77 group $((0x766c62)) mtu 1499 type bridge
ip link set br77 up
vif_ask 6 bridge=br77
(sleep 1; ip link set br77 mtu 1500 alias 'vlanbridge file isolated') &
ok 'a bridge that is finished while the hook waits' vif_run 6 online
like '  is taken as it is in the end' "$(ip -o -d link show vif6.0)" ' mtu 1500 .* master br77 .* isolated on '
ip link set br77 alias 'vlanbridge file'
ok 'again' vif_run 6 online
like '  what was allowed before does not stay' "$(ip -o -d link show vif6.0)" ' isolated off '
wait
ip link set br77 alias 'vlanbridge file antispoof'
ok 'with rules' vif_run 6 online
ok '  they are there' has_rules vif6.0
ip link del br77
ok 'the bridge went before the vif' vif_run 6 offline
not_ok '  the rules go nevertheless' has_rules vif6.0
vif_ask 6 bridge=xenbrlan

# A hook that leaves something running.
mkdir /etc/xen/scripts/vif-post.d
echo '[ -e /run/left ] || { sleep 1000 & echo $! >/run/left; }' >/etc/xen/scripts/vif-post.d/left.hook
chmod +x /etc/xen/scripts/vif-post.d/left.hook
ok 'what a hook leaves running is not waited for' timeout 10 bash -c '. /lab/vif.sh; vif_run 6 online >/run/printed'
ok '  and stays' kill "$(cat /run/left)"
rm -r /etc/xen/scripts/vif-post.d

# As vif-bridge does, what a port has of addresses goes; nobody else's.
ip addr add 192.0.2.7/24 dev vif6.0
ip addr add 192.0.2.8/24 dev vif6.0
ip addr add 2001:db8::7/64 dev vif6.0
ip addr add 192.0.2.9/24 dev xenbrlan
ok 'a vif with addresses' vif_run 6 online
is '  loses them' "$(ip -o addr show vif6.0)" ''
like '  alone' "$(ip -o addr show xenbrlan)" 192.0.2.9
ip addr del 192.0.2.9/24 dev xenbrlan

# udev runs the hook as soon as there is a tap, before libxl has come to the NIC.
ip tuntap add vif6.0-emu mode tap
xenstore-rm backend/vif/6/0
VIF_EMULATED=yes not_ok 'a tap whose directory is not there yet' vif_run 6 add
like '  does not unplug the vif' "$(ip -o link show vif6.0)" '[<,]UP.* master xenbrlan '
not_ok '  nor make the directory' xenstore-exists backend/vif/6/0
ip link del vif6.0-emu
vif_ask 6 bridge=xenbrlan

# The toolstack removes the directory while the hook is at work: it isn't made again, nor the guest's.
xenstore-rm /local/domain/6
rm /run/strace
strace -f -o /run/strace -e trace=sendmsg -e inject=sendmsg:delay_enter=2000000:when=2 env "XENBUS_PATH=backend/vif/6/0" vif=vif6.0 \
	$vif_scripts/vif-vlanbridge online type_if=vif >/run/printed 2>&1 &
wait_until 5 grep -q sendmsg /run/strace
xenstore-rm backend/vif/6
wait $!
is 'its directory goes meanwhile' $? 1
like '  which is said' "$(cat /run/printed)" "the toolstack's directory backend/vif/6/0 isn't in xenstore: is the guest gone\?"
not_ok '  nothing of it is made again' xenstore-exists backend/vif/6
not_ok '  nor of the guest' xenstore-exists /local/domain/6
unlike '  the vif is not left in the bridge' "$(ip -o link show vif6.0)" ' master '
vif_ask 6 bridge=xenbrlan

# What can't be read is no reason to fail, or to crash, at the end.
for junk in 'br 0' 'br0:' "$(printf 'x%.0s' {1..200})" "br0.10:$(printf '1:%.0s' {1..400})"; do
	vif_ask 6 "bridge=$junk" "vlan=10//x" mtu=nine "vifname=$junk"
	ok "offline after bridge=${junk:0:10}" vif_run 6 offline
done
unlike 'the vif is out all the same' "$(ip -o link show vif6.0)" ' master '
done_testing
