# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# bash completion for network-vlanbridge(8). Where nothing fits, as after config=, file names do.

_network_vlanbridge() {
	local word=${COMP_WORDS[COMP_CWORD]} key='' words='' devices
	local keys='config= netdev= bridge= vlan= bond= ports= mode= miimon= mtu= address= antispoof= vifnum='
	devices=$(ls /sys/class/net)

	# '=' is a word of its own.
	if [ "$word" = = ]; then
		key=${COMP_WORDS[COMP_CWORD - 1]} word=
	elif [ "${COMP_WORDS[COMP_CWORD - 1]}" = = ]; then
		key=${COMP_WORDS[COMP_CWORD - 2]}
	elif [ "$COMP_CWORD" -eq 1 ]; then
		key=COMMAND
	fi
	case $key in
	COMMAND) words='start stop restart confirm revert history status plan check rules demand release keep help --help --version' ;;
	netdev | bridge | bond | ports) words=$devices ;;
	mode) words='balance-rr active-backup balance-xor broadcast 802.3ad balance-tlb balance-alb' ;;
	address) words='inherit dhcp none' ;;
	antispoof) words='yes no' ;;
	'')
		case ${COMP_WORDS[1]} in
		start | restart) words="-v -q confirm= $keys" ;;
		stop) words="-v -q --force confirm= ${keys#config= }" ;;
		revert) words='to=' ;;
		history) words='--json' ;;
		status) words="--json --tree $devices" ;;
		plan) words="--json $keys" ;;
		check) words="--json config= $devices" ;;
		demand) words='config=' ;;
		release) words=$devices ;;
		esac
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
	[[ ${COMPREPLY-} != *= ]] || compopt -o nospace
}

complete -o default -F _network_vlanbridge network-vlanbridge
