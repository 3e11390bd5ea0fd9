# SPDX-License-Identifier: ISC
# The NIC of a running guest gets other settings: what changes, what is refused, what comes back. How long guests are cut off, and what
# xl keeps of it, is the subject of vif-update-guest.
. /lab/lib.sh
. /lab/vif.sh
. /lab/stream.sh
modprobe -a veth dummy tun
network=/etc/xen/scripts/network-vlanbridge
update() { $vif_scripts/vif-vlanbridge update "$@"; }
place() { ip -o link show "$1" | sed -E 's/.* mtu ([0-9]+) .* master ([^ ]+) .*/\1 \2/'; }
flags() { bridge -d link show dev "$1" | grep -oE '(isolated|learning|locked) o[nf]*' | tr '\n' ' '; }
entry() { bridge fdb show dev "$1" | grep -v permanent | grep static | grep -o 'vlan [0-9]*\|^[^ ]* master' | sort | tr '\n' ' '; }
# refused STATUS SENTENCE ARGUMENT...: with exactly that, and nothing has changed.
refused() {
	local before output status=0
	before=$(state)
	output=$(update "${@:3}" 2>&1) || status=$?
	is "refused: $2" "$status $output" "$1 vif-vlanbridge update: $2"
	is '  nothing has changed' "$(state)" "$before"
}
state() { ip link show vif7.0; bridge -d vlan show dev vif7.0; flags vif7.0; entry vif7.0; nft list ruleset; xenstore-ls backend/vif/7/0; }

# VLANs 10 and 20 of eth1 are one network at the far end: the guest is reachable in each.
far ip link add lan type bridge forward_delay 0 mcast_snooping 0
for v in 10 20; do
	far_vlan eth5 $v
	ip -n far link set eth5.$v master lan
done
ip -n far addr add 10.0.3.1/24 dev lan
ip -n far link set lan up
cat >/etc/xen/vlanbridge.conf <<'END'
bridges = [
    'name=br{vlan}, uplink=eth0, vlan=3-4',
    'name=br0, uplink=eth1, tagged=10/20/30',
    'name=safe, antispoof=yes, isolated=yes',
    'name=br{vlan}, uplink=eth0, vlan=100-199, demand=yes',
]
END
ok 'the network starts' $network start
vif_make 7
vm 7 ip link set eth0 address "$(vif_mac 7)"
vm 7 ip addr add 10.0.3.11/24 dev eth0
vif_ask 7 bridge=br3
xenstore-write /local/domain/7/name web
refused 1 "vif7.0: it isn't attached: its hotplug-status isn't 'connected'" web/0 mtu=1400
ok 'online' vif_run 7 online

# Refusals, before filtering rules have ever been needed.
refused 2 "bridge=br0.20:30 and vlan=10 both say which VLANs: give one of them" web/0 bridge=br0.20:30 vlan=10
refused 1 "there is no domain 'wed'" wed/0 mtu=1400
refused 1 "vif9.0: the toolstack's directory backend/vif/9/0 isn't in xenstore: the guest has no such NIC, or its backend is a driver \
domain, where this has to be run then" 9/0 mtu=1400
refused 1 "vif7.0: bridge 'xenbr7' doesn't exist; this host has br0, br3, br4, safe" web/0 bridge=xenbr7
refused 1 "vif7.0: mtu=9000 is more than the 1500 of bridge br3: raise the bridge's first (its mtu=, and its uplink's)" web/0 mtu=9000
refused 2 "mtu=14: it must be a number from 68 to 65535" web/0 mtu=14
echo /bin/false >/proc/sys/kernel/modprobe
like 'the kernel refuses the rules' "$(update web/0 bridge=br4 ip=10.0.3.11 mtu=1400 2>&1)" 'the kernel refuses the filtering rules'
echo /sbin/modprobe >/proc/sys/kernel/modprobe
is '  the port is where it was' "$(place vif7.0)" '1500 br3'
is '  so is what is asked for' "$(xenstore-read backend/vif/7/0/bridge) $(xenstore-ls backend/vif/7/0 | grep -c '^ip\|^mtu')" 'br3 0'
ip link set dev vif7.0 nomaster
ok '  another run finishes what a killed one left' update web/0 mtu=1500
is '  the port is in its bridge' "$(place vif7.0)" '1500 br3'

# A dry run says what would be, and does nothing.
before=$(state)
is 'dry run' "$(update web/0 bridge=br0.10:20 mtu=1400 isolated=yes ip=10.0.3.11 -n 2>/dev/null)" 'bridge: br3 -> br0.10:20
mtu: 1500 -> 1400
ip: none -> 10.0.3.11 isolated
vif7.0: bridge br3 -> br0
vif7.0: VLANs none -> 10 untagged, 20 tagged
vif7.0: mtu 1500 -> 1400
vif7.0: isolated no -> yes
vif7.0: filtering rules'
is '  nothing has changed' "$(state)" "$before"

# over TEXT KEY=VALUE...: an update while 1,000 datagrams a second go each way.
over() {
	local text=$1
	shift
	streams_begin vm 7 10.0.3.11 10.0.3.1
	ok "$text" update web/0 "$@"
	streams_end vm 7
	ok "  the guest is cut off for $gap ms" test "$gap" -le "$((5 * ${LAB_SLOWNESS:-100} / 100))"
}
ok 'another bridge' update web/0 bridge=br4 mtu=1400
is '  it is in it' "$(place vif7.0) $(xenstore-read backend/vif/7/0/bridge backend/vif/7/0/mtu /local/domain/7/device/vif/0/mtu | tr '\n' ' ')" \
	'1400 br4 br4 1400 1400 '
ok 'a VLAN-aware one' update vif7.0 bridge=br0.10 mtu=
is '  in its VLAN' "$(place vif7.0) $(vlans_of vif7.0)" '1500 br0 10 PVID Egress Untagged'
is '  as it is asked for' "$(xenstore-ls backend/vif/7/0 | grep -c ^mtu)" 0
ok '  reachable' wait_until 5 vm 7 ping -c1 -W1 10.0.3.1
over 'another VLAN' bridge=br0.20
is '  in that alone' "$(vlans_of vif7.0)" '20 PVID Egress Untagged'
over 'addresses' 'ip=10.0.3.11 10.0.3.12'
is '  has rules, and learns nothing' "$(has_rules vif7.0 | grep -c vif7.0) $(flags vif7.0)$(entry vif7.0)" \
	"1 learning off isolated off locked on 00:16:3e:00:00:07 master vlan 20 "
over 'other addresses' ip=10.0.3.11
is '  those' "$(nft list set netdev vlanbridge-vif7.0 ip4-sources | grep -oE '10[0-9.]+' | tr '\n' ' ')" '10.0.3.11 '
over 'another VLAN, with rules' bridge=br0.10:20
is '  with its entries' "$(vlans_of vif7.0) $(entry vif7.0)" '10 PVID Egress Untagged 20 00:16:3e:00:00:07 master vlan 10 vlan 20 '
over 'isolated' isolated=yes
is '  it is' "$(flags vif7.0)$(xenstore-read backend/vif/7/0/ip)" 'learning off isolated on locked on 10.0.3.11 isolated'
ok '  noted' eval 'ip link show vif7.0 | grep "alias vlanbridge guest bridge=br0 .*filter=vif7.0"'
over 'no addresses any more' ip=
is '  no rules' "$(nft list tables) $(flags vif7.0)$(entry vif7.0)" ' learning on isolated on locked off '
over 'antispoof, where the bridge has none' antispoof=yes isolated=
like '  rules' "$(nft list table netdev vlanbridge-vif7.0)" 'ether saddr != 00:16:3e:00:00:07 counter name "bad-mac" drop'

# Attached, and nothing passes.
ok 'disabled' update web/0 disabled=yes
far ip neigh flush all
not_ok '  not from it' vm 7 ping -c1 -W1 10.0.3.1
far ip neigh replace 10.0.3.11 lladdr "$(vif_mac 7)" dev lan
before=$(dropped vif7.0 disabled)
not_ok '  nor to it' far ping -c1 -W1 10.0.3.11
ok '  what comes is counted' test "$(dropped vif7.0 disabled)" -gt "$before"
like '  both ways' "$(nft list table netdev vlanbridge-vif7.0)" 'hook ingress.*counter name "disabled" drop.*hook egress.*counter name "disabled" drop'
like '  status says so' "$($network status)" 'vif7.0 .*disabled [0-9]+'
nft flush ruleset
ok '  rules are put back' $network rules
not_ok '  nothing passes' far ping -c1 -W1 10.0.3.11
ok '  another run of online' vif_run 7 online
not_ok '  nothing passes' far ping -c1 -W1 10.0.3.11
ok 'enabled' update web/0 disabled=no
far ip neigh flush all
ok '  reachable' vm 7 ping -c1 -W2 10.0.3.1

# The bridge's own settings, and what a vif has otherwise. A bridge on demand.
ok 'a bridge with settings' update web/0 bridge=safe antispoof=
is '  they apply' "$(flags vif7.0)$(has_rules vif7.0 | grep -c vif7.0)" 'learning off isolated on locked on 1'
ok '  but where the vif says otherwise' update web/0 isolated=no antispoof=no
is '  they do not' "$(flags vif7.0)$(nft list tables)$(xenstore-read backend/vif/7/0/ip)" 'learning on isolated off locked off isolated=no antispoof=no'
ok 'a bridge on demand' update web/0 bridge=eth0.100 ip= isolated= antispoof=
is '  is made' "$(place vif7.0)" '1500 br100'
ok 'a trunk without an untagged VLAN' update web/0 bridge=br0:20:30
is '  in them' "$(vlans_of vif7.0)" '20 30'
not_ok '  the bridge on demand is gone' ip link show br100
refused 1 "vif7.0: bridge 'eth0.200' doesn't exist: eth0 is a network device and no bridge carries its VLAN 200; 'uplink=eth0, vlan=200' \
in /etc/xen/vlanbridge.conf would make one; this host has br0, br3, br4, safe" web/0 bridge=eth0.200

# A NIC that has a tap, too.
ip tuntap add vif7.0-emu mode tap
xenstore-write backend/vif/7/0/type vif_ioemu
ok 'a NIC with a tap' env VIF_EMULATED=yes bash -c '. /lab/vif.sh; vif_run 7 online && vif_run 7 add'
ok '  both follow' update web/0 bridge=br0.10 ip=10.0.3.11
is '  to the VLAN' "$(vlans_of vif7.0) $(vlans_of vif7.0-emu)" '10 PVID Egress Untagged 10 PVID Egress Untagged'
is '  with rules' "$(has_rules vif7.0 | grep -c vif7.0) $(has_rules vif7.0-emu | grep -c vif7.0-emu)" '1 1'
ip link del vif7.0-emu
ok '  without it, the vif alone' update web/0 bridge=br3 ip=
is '  is there' "$(place vif7.0)" '1500 br3'

# Runs for the same NIC take turns.
mkdir /etc/xen/scripts/vif-post.d
mkfifo /run/hook
printf '%s\n' 'echo here >/run/hook' 'read -r go </run/hook' >/etc/xen/scripts/vif-post.d/wait.hook
chmod +x /etc/xen/scripts/vif-post.d/wait.hook
vif_run 7 online &
online=$!
read -r word </run/hook
update web/0 bridge=br4 &
updating=$!
vif_plain 8
vif_ask 8 bridge=br3
rm /etc/xen/scripts/vif-post.d/wait.hook
ok 'another NIC does not wait' vif_run 8 online
is '  an update of this one does' "$(place vif7.0)" '1500 br3'
echo go >/run/hook
wait $online
is '  online is done' $? 0
wait $updating
is '  then the update' "$(place vif7.0)" '1500 br4'
xenstore-write backend/vif/7/0/state 5
refused 1 'vif7.0: it is about to be detached' web/0 bridge=br3
done_testing
