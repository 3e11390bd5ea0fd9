# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Guests, and commands in them.
#
# A guest runs what comes in on its console (see guest-init), any number of commands side by side:
#
#   guest_start web 'bridge=xenbrlan,mac=00:16:3e:00:00:01'   one argument for each NIC
#   guest_net web eth0 10.0.3.11/24                           up, with addresses; eth0.10 makes VLAN 10 on eth0
#   guest web ping -c1 -W2 10.0.3.1                           output and exit status are the command's
#   guest web 'ip link | grep -c eth'                         a single argument is shell code (bash)
#   guest web 'nc -l 99 >/run/got 2>&1 &'                     what stays in the background must not keep the output
#
# GUEST_SCRIPT names the vif script (vif-vlanbridge), unless the NIC does; empty: that of xl.conf. GUEST_CONFIG holds more lines for the guest's xl configuration,
# GUEST_TIME is the time for one command (30 s on a quiet machine; after that its status is 124).
# GUEST_TYPE is pv, pvh or hvm. HVM guests are for scenarios with a line `# lab: hvm`; they have emulated NICs:
#
#   GUEST_TYPE=hvm guest_start old 'type=ioemu,model=e1000,bridge=br2' 'type=ioemu,model=rtl8139,bridge=br3'   eth0, eth1
#
# and no paravirtual ones, so that all goes through the taps (vifN.0-emu); GUEST_UNPLUG= (empty) lets them do what HVM
# guests do everywhere else, unplug the emulated NICs and use the vifs.

guest_commands=0

# The lines of the configuration that depend on the type. Without tsc_mode, guests of these types die in QEMU's SVM.
guest_type() {
	local arguments="console=hvc0 quiet loglevel=1 mitigations=off rodata=off cryptomgr.notests net.ifnames=0"
	echo "type = '${GUEST_TYPE:-pv}'"
	case ${GUEST_TYPE:-pv} in
	hvm)
		[ -e /lab/vmlinuz ] || { echo 'guest_create: HVM guests need a line "# lab: hvm" in the scenario' >&2; return 1; }
		hvm_files
		# See hvm-start.S for the kernel.
		printf '%s\n' 'kernel = "/lab/vmlinuz"' 'memory = 256' \
			'device_model_args_hvm = [ "-device", "loader,file=/run/lab/vmlinux",' \
			'"-device", "loader,file=/run/lab/guest.cpio,addr=0x8000000,force-raw=on" ]' \
			"extra = '$arguments nokaslr pci=noearly 8250.nr_uarts=0 i8042.noaux i8042.nokbd no_timer_check tsc_early_khz=$(cpu_khz) ${GUEST_UNPLUG-xen_emul_unplug=never}'" \
			'tsc_mode = "native"' 'vnc = 0' 'vga = "none"' 'on_reboot = "destroy"'
		;;
	*)
		printf '%s\n' 'kernel = "/lab/vmlinux"' 'ramdisk = "/lab/guest.cpio"' 'memory = 160' "extra = '$arguments'"
		[ "${GUEST_TYPE:-pv}" = pv ] || echo 'tsc_mode = "native"'
		;;
	esac
}

# QEMU's loader takes files and no disks.
hvm_files() {
	[ -e /run/lab/guest.cpio ] || cp --sparse=always /lab/vmlinux /lab/guest.cpio /run/lab/
}

cpu_khz() {
	sed -n '/^cpu MHz/ { s/.*: \([0-9]*\)\.\(...\).*/\1\2/p; q }' /proc/cpuinfo
}

# guest_create NAME NIC...: xl create, with its output and status.
guest_create() {
	local name=$1 dir=/run/lab/guest/$1 nic nics=
	shift
	for nic in "$@"; do
		[[ $nic == *script=* || ! ${GUEST_SCRIPT-vif-vlanbridge} ]] || nic=$nic,script=${GUEST_SCRIPT-vif-vlanbridge}
		nics+="'${nic#,}', "
	done
	mkdir -p "$dir"
	{
		guest_type || return
		printf '%s\n' "name = '$name'" "vif = [ $nics ]" "${GUEST_CONFIG:-}"
	} >"$dir/config"
	guest_by "$name" xl create -q "$dir/config"
}

# guest_by NAME COMMAND...: a guest of that name, started by the command.
guest_by() {
	local name=$1 dir=/run/lab/guest/$1 log=/var/log/xen/console/guest-$1.log
	shift
	mkdir -p "$dir"
	# xenconsoled appends: what a former guest of this name has said must not be taken for this one's.
	[ ! -e "$log" ] || mv "$log" "${log%.log}.$((guest_commands++)).log"
	"$@" || return
	printf '%s\n' "$log" >"$dir/log"
	xenstore-read "/local/domain/$(xl domid "$name")/console/tty" >"$dir/tty"
}

# guest_ready NAME: waits until it takes commands.
guest_ready() {
	wait_for_line "/var/log/xen/console/guest-$1.log" '^@ready' 60 >/dev/null
}

# guest_start NAME NIC...: create and wait.
guest_start() {
	guest_create "$@" && guest_ready "$1"
}

# guest NAME COMMAND...: runs it there.
guest() {
	local name=$1 dir=/run/lab/guest/$1 tty log command id fd pid status=0
	shift
	read -r tty <"$dir/tty" && read -r log <"$dir/log" || return 125
	if [ $# -gt 1 ]; then printf -v command '%q ' "$@"; else command=$1; fi
	[[ $command != *$'\n'* ]] || printf -v command 'eval %q' "$command" # a command is one line
	id=$BASHPID.$((guest_commands++))
	follow "$log" $(($(stat -c %s "$log") + 1))
	printf '%s %s\n' "$id" "$command" >"$tty"
	timeout "$(patience "${GUEST_TIME:-30}")" mawk -W interactive -v "tag=@$id" "$guest_reply" <&$fd || status=$?
	unfollow
	[ $status != 124 ] || echo "timeout: guest $name: $command" >&2
	return $status
}

# Prints what is tagged as output and ends with what is tagged as status.
# shellcheck disable=SC2016
guest_reply='
	BEGIN { n = length(tag) }
	substr($0, 1, n) != tag { next }
	substr($0, n + 1, 1) == ":" { print substr($0, n + 2); fflush() }
	substr($0, n + 1, 1) == "=" { exit substr($0, n + 2) }'

# guest_net NAME DEVICE ADDRESS...: the device is made (ethN.VLAN), set up, and has the addresses.
guest_net() {
	local device=$2 address code=
	case $device in
	*.*) code="ip link add link ${device%.*} name $device type vlan id ${device##*.};" ;;
	esac
	code+="ip link set $device up"
	for address in "${@:3}"; do code+=" && ip addr add $address dev $device"; [[ $address != *:* ]] || code+=' nodad'; done
	guest "$1" "$code"
}

# guest_destroy NAME...
guest_destroy() {
	local name
	for name in "$@"; do xl destroy "$name"; done
}
