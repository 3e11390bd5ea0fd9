# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# bash completion for network-vlanbridge(8). Where nothing fits, as after config=, file names do.

# Commands and options are what --help says.
_network_vlanbridge_commands() { "${COMP_WORDS[0]}" --help | sed -n 's/^  \([a-z]\+\) .*/\1/p'; }
_network_vlanbridge_options() { "${COMP_WORDS[0]}" "${COMP_WORDS[1]}" --help | sed -nE 's/^  (-[a-z]( [A-Z]+)?, )?([^ =]+=?).*/\3/p'; }

_network_vlanbridge() {
	local word=${COMP_WORDS[COMP_CWORD]} key='' words='' devices
	local keys='netdev= bridge= vlan= bond= ports= mode= miimon= mtu= address= antispoof= vifnum='
	devices=$(ls /sys/class/net)

	# '=' is a word of its own.
	if [ "$word" = = ]; then
		key=${COMP_WORDS[COMP_CWORD - 1]} word=
	elif [ "${COMP_WORDS[COMP_CWORD - 1]}" = = ]; then
		key=${COMP_WORDS[COMP_CWORD - 2]}
	elif [ "$COMP_CWORD" -eq 1 ]; then
		key=COMMAND
	elif [ "${COMP_WORDS[COMP_CWORD - 1]}" = -c ]; then
		key=-c
	fi
	case $key in
	COMMAND) words="$(_network_vlanbridge_commands) help --help --version" ;;
	netdev | bridge | bond | ports) words=$devices ;;
	mode) words='balance-rr active-backup balance-xor broadcast 802.3ad balance-tlb balance-alb' ;;
	address) words='inherit dhcp none' ;;
	antispoof) words='yes no' ;;
	'')
		case ${COMP_WORDS[1]} in
		help) words=$(_network_vlanbridge_commands) ;;
		*) words=$(_network_vlanbridge_options) ;;
		esac
		case ${COMP_WORDS[1]} in
		start | restart | stop | plan) words+=" $keys" ;;
		status | watch | check | release) words+=" $devices" ;;
		esac
		;;
	esac 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
	[[ ${COMPREPLY-} != *= ]] || compopt -o nospace
}

complete -o default -F _network_vlanbridge network-vlanbridge
