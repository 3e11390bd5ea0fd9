# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Frames that nobody honest would send, and who gets them. frame_* print one in hex, for the program `frame` (frame.c),
# which dom0 and all guests have:
#
#   guest web frame eth0 "$(frame_arp 00:16:3e:00:00:01 ff:ff:ff:ff:ff:ff request 10.0.3.66 10.0.3.1)"
#   far frame bond0 "$(frame_tag 10 "$(frame_ping 02:00:00:00:00:01 00:16:3e:00:00:01 10.0.3.1 10.0.3.11)")"
#
# FROM and TO are MAC addresses, the IP addresses are IPv4 or, where it says so, IPv6.
#
#   capture far bond0 arp                       what comes in there from now on, as a tcpdump filter has it
#   wait_until 5 captured far bond0 10.0.3.66   lines of tcpdump -e (MAC addresses, VLAN tags) that match

# frame_arp FROM TO request|reply SENDER-IP TARGET-IP [SENDER-MAC [TARGET-MAC]]: the MACs inside are FROM, and TO or none.
frame_arp() {
	local operation=0001 target=00:00:00:00:00:00
	[ "$3" = request ] || operation=0002 target=$2
	frame_ethernet "$1" "$2" 0806 "000108000604$operation$(frame_mac "${6:-$1}")$(frame_ip "$4")$(frame_mac "${7:-$target}")$(frame_ip "$5")"
}

# frame_ping FROM TO FROM-IP TO-IP: an echo request, IPv4 or IPv6.
frame_ping() {
	local body=4711000166726d65 # identifier, sequence number, "frme"
	case $3 in
	*:*) frame_icmp6 "$1" "$2" "$3" "$4" 40 8000 $body ;;
	*) frame_ipv4 "$1" "$2" "$3" "$4" 01 "0800$(frame_sum 0800$body)$body" ;;
	esac
}

# frame_udp FROM TO FROM-IP TO-IP FROM-PORT TO-PORT [HEX]: IPv4 or IPv6, say for DHCP (0.0.0.0 255.255.255.255 68 67).
frame_udp() {
	local head pseudo
	printf -v head '%04x%04x%04x' "$5" "$6" $((8 + (${#7} / 2)))
	case $3 in
	*:*)
		pseudo=$(frame_ip "$3")$(frame_ip "$4")${head:8:4}0011
		frame_ipv6 "$1" "$2" "$3" "$4" 11 40 "$head$(frame_sum "$pseudo$head${7-}")${7-}"
		;;
	*) frame_ipv4 "$1" "$2" "$3" "$4" 11 "${head}0000${7-}" ;; # 0: without a checksum
	esac
}

# frame_na FROM TO FROM-IP TO-IP TARGET-IP [TARGET-MAC]: a neighbour advertisement that overrides, IPv6.
frame_na() {
	frame_icmp6 "$1" "$2" "$3" "$4" ff 8800 "20000000$(frame_ip "$5")0201$(frame_mac "${6:-$1}")"
}

# frame_ns FROM TO FROM-IP TO-IP TARGET-IP: a neighbour solicitation, IPv6; from :: it is DAD, with no MAC inside.
frame_ns() {
	local option=
	[ "$3" = :: ] || option=0101$(frame_mac "$1")
	frame_icmp6 "$1" "$2" "$3" "$4" ff 8700 "00000000$(frame_ip "$5")$option"
}

# frame_tag VLAN FRAME [8100|88a8]: with that VLAN tag, the outermost if it has one.
frame_tag() {
	printf '%s%s%04x%s\n' "${2:0:24}" "${3:-8100}" "$1" "${2:24}"
}

# The parts, the last argument being hex: frame_ethernet FROM TO TYPE HEX, padded to 60 bytes;
frame_ethernet() {
	local frame
	frame=$(frame_mac "$2")$(frame_mac "$1")$3$4
	while [ ${#frame} -lt 120 ]; do frame+=00; done
	echo "$frame"
}

# frame_ipv4 FROM TO FROM-IP TO-IP PROTOCOL HEX;
frame_ipv4() {
	local head addresses
	addresses=$(frame_ip "$3")$(frame_ip "$4")
	printf -v head '4500%04x0000000040%s' $((20 + (${#6} / 2))) "$5"
	frame_ethernet "$1" "$2" 0800 "$head$(frame_sum "$head$addresses")$addresses$6"
}

# frame_ipv6 FROM TO FROM-IP TO-IP PROTOCOL HOP-LIMIT HEX;
frame_ipv6() {
	local head
	printf -v head '60000000%04x%s%s' $((${#7} / 2)) "$5" "$6"
	frame_ethernet "$1" "$2" 86dd "$head$(frame_ip "$3")$(frame_ip "$4")$7"
}

# frame_icmp6 FROM TO FROM-IP TO-IP HOP-LIMIT TYPE-AND-CODE HEX: its sum is also over a pseudo header (RFC 8200, 8.1).
frame_icmp6() {
	local pseudo
	printf -v pseudo '%s%s%04x003a' "$(frame_ip "$3")" "$(frame_ip "$4")" $((4 + (${#7} / 2)))
	frame_ipv6 "$1" "$2" "$3" "$4" 3a "$5" "$6$(frame_sum "$pseudo$6$7")$7"
}

# The Internet checksum (RFC 1071).
frame_sum() {
	local words=$1 sum=0 i
	[ $((${#words} % 4)) -eq 0 ] || words+=00
	for ((i = 0; i < ${#words}; i += 4)); do sum=$((sum + 0x${words:i:4})); done
	sum=$(((sum & 0xffff) + (sum >> 16)))
	sum=$(((sum & 0xffff) + (sum >> 16)))
	printf '%04x\n' $((~sum & 0xffff))
}

frame_mac() {
	echo "${1//:/}"
}

frame_ip() {
	local left right group head= tail=
	case $1 in
	*:*)
		left=${1%%::*} right=
		[[ $1 != *::* ]] || right=${1#*::}
		for group in ${left//:/ }; do printf -v head '%s%04x' "$head" "0x$group"; done
		for group in ${right//:/ }; do printf -v tail '%s%04x' "$tail" "0x$group"; done
		while [ $((${#head} + ${#tail})) -lt 32 ]; do head+=0; done
		echo "$head$tail"
		;;
	# shellcheck disable=SC2086
	*) printf '%02x%02x%02x%02x\n' ${1//./ } ;;
	esac
}

# in_place host|far|vmN|GUEST CODE: runs shell code there; vmN are the other ends of vif.sh's vifs.
in_place() {
	case $1 in
	host) bash -c "$2" ;;
	vm[0-9]*) ip netns exec "$1" bash -c "$2" ;;
	far) far bash -c "$2" ;;
	*) guest "$1" "$2" ;;
	esac
}

# capture PLACE DEVICE [FILTER...]: from now on, what comes in; again on the same device, anew.
capture() {
	local file="/run/capture.$1.$2"
	in_place "$1" "[ ! -e $file.pid ] || kill \$(cat $file.pid)
		tcpdump -lnne -Q in -i $2 '${*:3}' >$file 2>$file.log </dev/null & echo \$! >$file.pid
		for n in {1..200}; do grep -q 'listening on' $file.log && exit 0; sleep 0.05; done; cat $file.log; exit 1"
}

# captured PLACE DEVICE REGEX: prints the lines so far that match; status 1 if there are none.
captured() {
	in_place "$1" "grep -E -e '$3' /run/capture.$1.$2"
}
