# SPDX-License-Identifier: ISC
# lab: time=900
# What a guest's port lets through: the same frames, good and bad, with ip=, antispoof, both and neither, from a vif and a tap, on a plain
# and a VLAN-aware bridge. Each that is dropped is counted, by its reason.
. /lab/lib.sh
. /lab/vif.sh
modprobe -a veth tun dummy

# The guest is vif7.0, which is in VLAN 10 untagged and 20 tagged on the VLAN-aware bridge; vif8.0 gets whatever the bridge lets through.
own=00:16:3e:00:00:07 other=00:16:3e:00:00:08 all=ff:ff:ff:ff:ff:ff
ip=10.0.3.7 net=192.0.2.0/24 ip6=2001:db8::7 local6=fe80::216:3eff:fe00:7
far=10.0.3.1 far6=2001:db8::1 theirs=10.0.3.8 theirs6=2001:db8::8
node6=33:33:00:00:00:01 nodes6=ff02::1 solicited=33:33:ff:00:00:07 solicited6=ff02::1:ff00:7

# expect KIND NAME HEX: what becomes of a frame, and of the same in a tag:
#   good             it goes through
#   bad REASON       ip= and antispoof drop it, and count it as that
#   ip REASON        only ip= does
#   group REASON     the bridge itself doesn't pass it on, without rules either
names=() kinds=() places=() frames=()
good() { names+=("$1") kinds+=(good) places+=(untagged); add_frame "$2"; }
bad() { names+=("$2") kinds+=("bad $1") places+=(untagged); add_frame "$3"; }
only_ip() { names+=("$2") kinds+=("ip $1") places+=(untagged); add_frame "$3"; }
group() { names+=("$2") kinds+=("group $1") places+=(untagged); add_frame "$3"; }
# Numbered at its end, behind what its protocols see of it.
add_frame() { frames+=("$1$(printf 'beef%04x' ${#frames[@]})"); }

# behind HEX NEXT-HEADER SOURCE TARGET TYPE-AND-CODE HEX: ICMPv6 behind extension headers, which begin with NEXT-HEADER.
behind() {
	local whole
	whole=$(frame_icmp6 $own $node6 "$3" "$4" ff "$5" "$6")
	frame_ipv6 $own $node6 "$3" "$4" "$2" ff "$1${whole:108:$((8 + ${#6}))}"
}
llc() { printf '%s%s%04x%s\n' "${1//:/}" "${own//:/}" $((${#2} / 2)) "$2$(printf '%0.s00' {1..46})"; }

make_frames() {
	local address=0101$(frame_mac $own) address_other=0101$(frame_mac $other) target=0201$(frame_mac $own) icmp
	local raw
	# IPv4
	good 'IPv4 from the address' "$(frame_ping $own $all $ip $far)"
	good 'IPv4 from the network' "$(frame_ping $own $all 192.0.2.99 $far)"
	good 'UDP' "$(frame_udp $own $all $ip $far 4000 53)"
	only_ip ip4 "IPv4 from another's address" "$(frame_ping $own $all $theirs $far)"
	only_ip ip4 'IPv4 from beside the network' "$(frame_ping $own $all 192.0.3.0 $far)"
	only_ip ip4 'IPv4 from 0.0.0.0' "$(frame_udp $own $all 0.0.0.0 255.255.255.255 4000 53)"
	bad mac "IPv4 from another's MAC address" "$(frame_ping $other $all $ip $far)"
	group mac 'IPv4 from a group address' "$(frame_ping 01:00:5e:00:00:01 $all $ip $far)"
	good 'DHCP request' "$(frame_udp $own $all 0.0.0.0 255.255.255.255 68 67)"
	good 'DHCP renewal' "$(frame_udp $own $all $ip $far 68 67)"
	only_ip ip4 'DHCP request from 0.0.0.0 to one host' "$(frame_udp $own $all 0.0.0.0 $far 68 67)"
	bad dhcp 'DHCP offer' "$(frame_udp $own $all $ip 255.255.255.255 67 68)"
	bad dhcp 'DHCP offer from another port' "$(frame_udp $own $all $ip 255.255.255.255 4000 68)"
	bad dhcp 'DHCP relay' "$(frame_udp $own $all $ip $far 67 67)"
	raw=$(frame_ipv4 $own $all $ip $far 11 00430044000800000000)
	bad dhcp 'DHCP offer behind IP options' "${raw:0:28}46${raw:30:38}01010100${raw:68}"
	good 'a later fragment' "$(raw=$(frame_ipv4 $own $all $ip $far 11 0043004400080000); echo "${raw:0:40}00b9${raw:44}")"
	# ARP
	good 'ARP request' "$(frame_arp $own $all request $ip $far)"
	good 'ARP reply' "$(frame_arp $own 02:00:00:00:00:99 reply $ip $theirs)"
	good 'ARP announcement' "$(frame_arp $own $all request $ip $ip)"
	good 'ARP probe' "$(frame_arp $own $all request 0.0.0.0 $ip)"
	only_ip arp "ARP probe for another's address" "$(frame_arp $own $all request 0.0.0.0 $theirs)"
	only_ip arp 'ARP reply from 0.0.0.0' "$(frame_arp $own $all reply 0.0.0.0 $ip)"
	only_ip arp "ARP reply for another's address" "$(frame_arp $own $all reply $theirs $far)"
	only_ip arp "ARP request from another's address" "$(frame_arp $own $all request $theirs $far)"
	bad arp "ARP with another's MAC address" "$(frame_arp $own $all reply $ip $far $other)"
	bad mac "ARP from another's MAC address" "$(frame_arp $other $all reply $theirs $far)"
	raw=$(frame_arp $own $all request $ip $far)
	bad arp 'ARP with MAC addresses of 5 bytes' "${raw:0:36}05${raw:38}"
	bad arp 'ARP with addresses of 16 bytes' "${raw:0:38}10${raw:40}"
	bad arp 'ARP of another protocol' "${raw:0:32}86dd${raw:36}"
	bad arp 'ARP of another hardware' "${raw:0:28}0006${raw:32}"
	only_ip arp 'inverse ARP' "${raw:0:40}0008${raw:44}"
	only_ip protocol 'RARP' "${raw:0:24}8035${raw:28}"
	raw=$(frame_arp $own $all request $ip $far $other)
	places+=(untagged) names+=("RARP with another's MAC address") kinds+=('protocol/arp')
	add_frame "${raw:0:24}8035${raw:28}"
	# IPv6
	good 'IPv6 from the address' "$(frame_ping $own $all $ip6 $far6)"
	good 'IPv6 from the link-local address' "$(frame_ping $own $all $local6 fe80::1)"
	good 'UDP over IPv6' "$(frame_udp $own $all $ip6 $far6 4000 53)"
	only_ip ip6 "IPv6 from another's address" "$(frame_ping $own $all $theirs6 $far6)"
	only_ip ip6 "UDP from another's address" "$(frame_udp $own $all $theirs6 $far6 4000 53)"
	only_ip ip6 "IPv6 from another's link-local address" "$(frame_udp $own $all fe80::216:3eff:fe00:8 $far6 4000 53)"
	bad mac "IPv6 from another's MAC address" "$(frame_ping $other $all $ip6 $far6)"
	only_ip ip6 'ping from ::' "$(frame_ping $own $all :: $far6)"
	good 'DHCPv6 request' "$(frame_udp $own $all $local6 ff02::1:2 546 547)"
	bad dhcp 'DHCPv6 advertisement' "$(frame_udp $own $all $local6 fe80::1 547 546)"
	bad dhcp 'DHCPv6 reply from another port' "$(frame_udp $own $all $ip6 fe80::1 4000 546)"
	bad dhcp 'DHCPv6 relay' "$(frame_udp $own $all $ip6 fe80::1 547 547)"
	# Neighbour discovery
	good 'NS' "$(frame_ns $own $solicited $ip6 ff02::1:ff00:1 $far6)"
	good 'DAD' "$(frame_ns $own $solicited :: $solicited6 $ip6)"
	good 'DAD with a nonce' "$(frame_icmp6 $own $solicited :: $solicited6 ff 8700 "00000000$(frame_ip $local6)0e01a1a2a3a4a5a6")"
	only_ip nd "DAD for another's address" "$(frame_ns $own $solicited :: $solicited6 $theirs6)"
	only_ip ip6 "NS from another's address" "$(frame_ns $own $solicited $theirs6 $solicited6 $far6)"
	bad nd "NS with another's MAC address" "$(frame_icmp6 $own $solicited $ip6 $solicited6 ff 8700 "00000000$(frame_ip $far6)$address_other")"
	bad nd "NS with two options" "$(frame_icmp6 $own $solicited $ip6 $solicited6 ff 8700 "00000000$(frame_ip $far6)$address$address_other")"
	good 'NS without option' "$(frame_icmp6 $own $solicited $ip6 $solicited6 ff 8700 "00000000$(frame_ip $far6)")"
	good 'NA' "$(frame_na $own $node6 $ip6 $nodes6 $ip6)"
	good 'NA for the link-local address' "$(frame_na $own $node6 $local6 $nodes6 $local6)"
	good 'NA without option' "$(frame_icmp6 $own $node6 $ip6 $nodes6 ff 8800 "60000000$(frame_ip $ip6)")"
	only_ip nd "NA for another's address" "$(frame_na $own $node6 $ip6 $nodes6 $theirs6)"
	only_ip ip6 "NA from another's address" "$(frame_na $own $node6 $theirs6 $nodes6 $theirs6)"
	bad nd "NA with another's MAC address" "$(frame_na $own $node6 $ip6 $nodes6 $ip6 $other)"
	bad nd 'NA whose option comes second' \
		"$(frame_icmp6 $own $node6 $ip6 $nodes6 ff 8800 "20000000$(frame_ip $ip6)0e01000000000000${target/%0007/0008}")"
	good 'RS' "$(frame_icmp6 $own $node6 $local6 ff02::2 ff 8500 "00000000$address")"
	good 'RS from ::' "$(frame_icmp6 $own $node6 :: ff02::2 ff 8500 00000000)"
	bad nd "RS with another's MAC address" "$(frame_icmp6 $own $node6 $local6 ff02::2 ff 8500 "00000000$address_other")"
	bad ra 'RA' "$(frame_icmp6 $own $node6 $local6 $nodes6 ff 8600 400007080000000000000000)"
	bad ra 'redirect' "$(frame_icmp6 $own $node6 $local6 $ip6 ff 8900 "00000000$(frame_ip $far6)$(frame_ip $theirs6)")"
	# Multicast listeners
	icmp=00000001040000$(frame_ip ff02::1:ff00:7)
	good 'MLDv2 report' "$(behind 3a00050200000100 00 $local6 ff02::16 8f00 "00000001${icmp:8:6}00$(frame_ip ff02::1:ff00:7)")"
	good 'MLDv2 report from ::' "$(behind 3a00050200000100 00 :: ff02::16 8f00 "0000000104000000$(frame_ip ff02::1:ff00:7)")"
	good 'MLDv1 report' "$(behind 3a00050200000100 00 $local6 ff02::1:ff00:7 8300 "00000000$(frame_ip ff02::1:ff00:7)")"
	bad ra 'MLD query' "$(behind 3a00050200000100 00 $local6 $nodes6 8200 "0000000000000000000000000000000000000000")"
	# Behind other headers
	bad ra 'RA behind destination options' "$(behind 3a00010400000000 3c $local6 $nodes6 8600 400007080000000000000000)"
	bad nd 'NA behind destination options' "$(behind 3a00010400000000 3c $ip6 $nodes6 8800 "20000000$(frame_ip $ip6)$target")"
	bad nd 'NA behind hop-by-hop options' "$(behind 3a00010400000000 00 $ip6 $nodes6 8800 "20000000$(frame_ip $ip6)$target")"
	bad ra 'RA in a fragment' "$(behind 3a00000100000001 2c $local6 $nodes6 8600 400007080000000000000000)"
	bad nd 'NA in a fragment' "$(behind 3a00000100000001 2c $ip6 $nodes6 8800 "20000000$(frame_ip $ip6)$target")"
	bad fragment 'a first fragment without the last header' "$(frame_ipv6 $own $node6 $ip6 $nodes6 2c ff 3c000001000000013a00010400000000)"
	bad fragment 'a later one of the same' "$(frame_ipv6 $own $node6 $ip6 $nodes6 2c ff 3c00000800000001860000004000070800000000)"
	good 'a ping in a fragment' "$(behind 3a00000100000001 2c $ip6 $far6 8000 4711000161616161)"
	good 'a later fragment of a ping' "$(frame_ipv6 $own $all $ip6 $far6 2c ff 3a000008000000014711000161616161)"
	bad dhcp 'DHCPv6 advertisement behind destination options' \
		"$(frame_ipv6 $own $node6 $ip6 $nodes6 3c 40 110001040000000002230222000c00000000000000)"
	good 'UDP behind destination options' "$(frame_ipv6 $own $node6 $ip6 $nodes6 3c 40 11000104000000000fa00035000c00000000000000)"
	only_ip nd 'inverse neighbour discovery' "$(frame_icmp6 $own $node6 $ip6 $nodes6 ff 8d00 "00000000$address")"
	# Everything else
	group group 'LLDP' "$(frame_ethernet $own 01:80:c2:00:00:0e 88cc 0207040016)"
	bad group 'BPDU' "$(llc 01:80:c2:00:00:00 4242030000000000)"
	group mac "LLDP from another's MAC address" "$(frame_ethernet $other 01:80:c2:00:00:0e 88cc 0207040016)"
	group group 'LACP' "$(frame_ethernet $own 01:80:c2:00:00:02 8809 0101)"
	bad protocol 'BPDU to all' "$(llc $all 4242030000000000)"
	bad protocol 'PVST+' "$(llc 01:00:0c:cc:cc:cd aaaa0300000c010b)"
	bad protocol 'CDP' "$(llc 01:00:0c:cc:cc:cc aaaa0300000c2000)"
	bad protocol 'SNAP with ARP' "$(llc $all "aaaa030000000806$(frame_arp $own $all reply $theirs $far | cut -c29-84)")"
	bad protocol 'SNAP with IPv4' "$(llc $all "aaaa030000000800$(frame_ping $own $all $theirs $far | cut -c29-84)")"
	only_ip protocol 'MPLS' "$(frame_ethernet $own $all 8847 00001100)"
	only_ip protocol 'PPPoE' "$(frame_ethernet $own $all 8863 1109000000000000)"
	only_ip protocol 'EAPOL' "$(frame_ethernet $own $all 888e 01010000)"
	only_ip protocol 'an experimental protocol' "$(frame_ethernet $own $all 88b5 0000)"
}

# Some of them again in a tag: VLAN 0, one that the port is in, one that it isn't, an 802.1ad one, two.
tag_frames() {
	local n count=${#frames[@]} name
	for ((n = 0; n < count; n++)); do
		name=${names[n]} kind=${kinds[n]} frame=${frames[n]}
		case $name in
		'IPv4 from the address' | 'ARP reply' | NA | 'ARP reply for'* | "IPv4 from another's address" | "ARP with another's"* | 'NA for another'* | RA | \
			'NA with another'* | 'DHCP offer' | 'DHCPv6 adv'* | 'RA behind'* | 'SNAP with ARP' | 'ARP probe') ;;
		*) continue ;;
		esac
		tagged "VLAN 0: $name" "$kind" untagged "$(frame_tag 0 "${frame::-8}")"
		tagged "VLAN 20: $name" "$kind" in "$(frame_tag 20 "${frame::-8}")"
		case $name in 'IPv4 from the address' | 'ARP reply' | RA) ;; *) continue ;; esac
		tagged "VLAN 99: $name" "$kind" out "$(frame_tag 99 "${frame::-8}")"
		tagged "802.1ad VLAN 20: $name" "$kind" service "$(frame_tag 20 "${frame::-8}" 88a8)"
		tagged "802.1ad VLAN 0: $name" "$kind" service "$(frame_tag 0 "${frame::-8}" 88a8)"
		tagged "VLAN 0 in VLAN 20: $name" 'bad tag' in "$(frame_tag 20 "$(frame_tag 0 "${frame::-8}")")"
		tagged "VLAN 20 in VLAN 0: $name" 'bad tag' untagged "$(frame_tag 0 "$(frame_tag 20 "${frame::-8}")")"
		tagged "802.1ad in VLAN 0: $name" 'bad tag' untagged "$(frame_tag 0 "$(frame_tag 20 "${frame::-8}" 88a8)")"
	done
}
tagged() {
	names+=("$1") kinds+=("$2") places+=("$3")
	add_frame "$4"
}

# becomes N RULES BRIDGE: sets outcome to through, unseen (the bridge itself doesn't pass it on) or why it is dropped; rules are ip,
# antispoof or none.
becomes() {
	local kind=${kinds[$1]} reason=${kinds[$1]#* }
	outcome=through
	case $2-${places[$1]}-$3 in
	ip-in-plain | ip-out-* | ip-service-*) outcome=tag; return ;;
	none-out-aware | antispoof-out-aware) outcome=unseen ;;
	esac
	case $kind-$2 in
	protocol/arp-ip) outcome=protocol ;;
	protocol/arp-antispoof) outcome=arp ;;
	bad*-ip | bad*-antispoof | group*-ip | group*-antispoof | ip*-ip) outcome=$reason ;;
	group*) outcome=unseen ;;
	esac
}

make_bridges() {
	ip link add plain type bridge forward_delay 0 mcast_snooping 0
	ip link add aware type bridge vlan_filtering 1 vlan_default_pvid 0 forward_delay 0 mcast_snooping 0
	printf 'link set %s up\n' plain aware | ip -batch -
}

# What arrives at vif8.0's other end, as the numbers of frames.
arrived() {
	{ cat /run/capture.vm8.eth0; echo end; } | sed -nE 's/^\s+0x[0-9a-f]+: *//p; t; s/.*/-/p' | tr -d ' \n' | tr - '\n' | sed -nE 's/.*beef(....)$/\1/p'
}

counters() {
	nft list counters table netdev "vlanbridge-$1" 2>/dev/null | awk '$1 == "counter" { name = substr($2, 5) } $1 == "packets" && $2 { print name, $2 }' | sort
}

# port BRIDGE DEVICE: puts guest 7's device and its neighbour into the bridge.
port() {
	local vlan=
	[ "$1" = plain ] || vlan=vlan=10p/20
	vif_ask 8 "bridge=$1" ${vlan:+"$vlan"}
	vif_run 8 online
	# shellcheck disable=SC2086
	vif_ask 7 "bridge=$1" $vlan ${asked:+"$asked"}
	if [ "$2" = vif7.0 ]; then vif_run 7 online; else VIF_EMULATED=yes vif_run 7 add; fi
}

# try BRIDGE DEVICE RULES NAME: sends all, and compares.
try() {
	local n got wrong=() reasons=() outcome
	ok "$4, $2, $1 bridge" port "$1" "$2"
	capture vm8 eth0 -xx >/dev/null
	if [ "$2" = vif7.0 ]; then vm 7 frame eth0 "${frames[@]}"; else frame "tap:$2" "${frames[@]}"; fi
	declare -A through=()
	for ((n = 0; n < ${#frames[@]}; n++)); do
		becomes $n "$3" "$1"
		case $outcome in
		through) through[${frames[n]: -4}]=yes ;;
		unseen) ;;
		*) reasons+=("$outcome") ;;
		esac
	done
	wait_until 5 arrived_all ${#through[@]} >/dev/null || :
	got=" $(arrived | tr '\n' ' ')"
	for ((n = 0; n < ${#frames[@]}; n++)); do
		case ${through[${frames[n]: -4}]-no}-$got in
		yes-*" ${frames[n]: -4} "*) ;;
		yes-*) wrong+=("dropped: ${names[n]}") ;;
		no-*" ${frames[n]: -4} "*) wrong+=("let through: ${names[n]}") ;;
		esac
	done
	is "  ${#frames[@]} frames, ${#through[@]} of them through" "$(printf '%s\n' "${wrong[@]}")" ''
	is "  each of ${#reasons[@]} dropped is counted" "$(counters "$2")" \
		"$([ ${#reasons[@]} -eq 0 ] || printf '%s\n' "${reasons[@]}" | sort | uniq -c | awk '{ print $2, $1 }')"
	ok '  out' vif_run 7 "$(if [ "$2" = vif7.0 ]; then echo offline; else echo remove; fi)"
	unlike '  and no rules are left' "$(nft list tables)" "vlanbridge-$2\$"
}
arrived_all() { [ "$(arrived | wc -l)" -ge "$1" ]; }

vif_make 7
vif_make 8
for n in 7 8; do
	vm $n sysctl -q net.ipv6.conf.all.disable_ipv6=1
	vm $n ip link set eth0 address 00:16:3e:00:00:0$n arp off
done
ip tuntap add vif7.0-emu mode tap
make_bridges
make_frames
tag_frames
diag "${#frames[@]} frames"
ok 'at least 80 frames' test ${#frames[@]} -ge 80
for bridge in plain aware; do
	for device in vif7.0 vif7.0-emu; do
		asked="ip=$ip $net $ip6"
		try $bridge $device ip 'ip='
		ip link set $bridge alias 'vlanbridge file antispoof'
		try $bridge $device ip 'ip= and antispoof'
		asked=
		try $bridge $device antispoof 'antispoof'
		ip link set $bridge alias ''
		try $bridge $device none 'no rules'
	done
done

# The bridge learns from link-local frames that it doesn't pass on: with one of them a guest takes over another's traffic.
vm 8 ip link set eth0 address $other arp on
vm 8 ip addr add 10.0.3.8/24 dev eth0
vif_make 9
vm 9 ip addr add 10.0.3.9/24 dev eth0
vif_ask 9 bridge=plain
vif_run 9 online
vif_ask 8 bridge=plain
vif_run 8 online
steal() { # whether vm9 reaches vm8 after it
	vm 9 ping -c1 -W2 10.0.3.8 >/dev/null || return 2
	vm 7 frame eth0 "$(frame_ethernet $other 01:80:c2:00:00:0e 88cc 0207040016)" "$(frame_ethernet $own 01:80:c2:00:00:0e 88cc 0207040016)"
	bridge fdb show br plain | grep -i "$other"
	vm 9 ping -c1 -W2 10.0.3.8
}
vif_ask 7 bridge=plain
vif_run 7 online
not_ok 'without rules, a link-local frame takes over the traffic of its source' steal
vif_run 7 offline
for asked in ip=10.0.3.7 antispoof; do
	vm 8 ping -c1 -W1 10.0.3.9 >/dev/null
	[ $asked != antispoof ] || ip link set plain alias 'vlanbridge file antispoof'
	vif_ask 7 bridge=plain ${asked/antispoof/vlan=}
	vif_run 7 online
	ip link set plain alias ''
	ok "with $asked it doesn't" steal
	nft flush ruleset
	ok '  nor without the tables: the port is locked' steal
	like '  to the MAC address of its guest' "$(bridge fdb show dev vif7.0 | sed 's/$/ /')" "^$own .*static"
	vif_run 7 offline
done

done_testing
