# SPDX-License-Identifier: ISC
# check: long
# The same guests with stock vif-bridge and with vif-vlanbridge: the host ends up the same, but for what the manual page lists.
. /lab/lib.sh
. /lab/vif.sh
modprobe tun
ip link set eth0 up
ip link add xenbr0 address 52:54:00:00:00:10 type bridge forward_delay 0 mcast_snooping 0
ip link set eth0 master xenbr0
ip link set xenbr0 up
GUEST_CONFIG='on_reboot = "destroy"'

# state DOMID: links and xenstore, without what differs from run to run. Only our ports never have an IPv6 link-local address.
state() {
	{
		ip -o -d link | sed -E '/^[0-9]+: (vif|web)/s/ addrgenmode [a-z0-9]+//; s/_timer +[0-9.]+//g; s/^[0-9]+: //; s/ifindex [0-9]+//; s/ (state|qlen|new_netnsid|link-netnsid) [^ ]+//g;
			s/designated_(port|bridge|root|cost) [^ ]+//g; s/port_(id|no) [^ ]+//g; s/root_(id|port|path_cost) [^ ]+//g'
		ip -br addr | grep -E '^(vif|web|xenbr)' | sed -E 's/  +.*(UP|UNKNOWN|DOWN) +/ /'
		xenstore-ls -f /local/domain/0/backend/vif
		xenstore-ls -f "/local/domain/$1/device/vif"
	} 2>&1 | sed -E "s/\b$1\b/ID/g; s/vif$1\./vifID./g; s/vif-(bridge|vlanbridge)/SCRIPT/; s/ +/ /g"
}

# life SCRIPT NIC: what there is after each event of a guest's and a tap's life, one file each.
life() {
	local dir=/run/same/$1 web
	mkdir -p "$dir"
	GUEST_SCRIPT=$1 VIF_SCRIPT=$1 VIF_EMULATED=yes
	guest_create web "$2,mac=00:16:3e:00:00:01" || return
	xl pause web
	web=$(xl domid web)
	state "$web" >"$dir/1-online"
	ip tuntap add "vif$web.0-emu" mode tap
	ip link set "vif$web.0-emu" address 00:16:3e:00:00:0f
	vif_run "$web" add
	state "$web" >"$dir/2-add"
	vif_run "$web" remove
	state "$web" >"$dir/3-remove"
	vif_run "$web" add
	ip tuntap del "vif$web.0-emu" mode tap 2>/dev/null || ip tuntap del "$(ip -br link | grep -oE '^[a-z0-9.]+-emu')" mode tap
	vif_run "$web" offline
	state "$web" >"$dir/4-offline"
	vif_run "$web" online
	state "$web" >"$dir/5-online-again"
	guest_destroy web
	wait_until 5 test ! -e "/sys/class/net/vif$web.0"
	vif_run "$web" offline # libxl's own may come after the vif is gone
	state "$web" >"$dir/6-destroyed"
}

# same TEXT NIC DIFFERENCE...: the lines that differ, each as a regular expression; others mustn't.
same() {
	local text=$1 nic=$2 file difference left
	shift 2
	life vif-bridge "$nic" >/run/same.log 2>&1 && life vif-vlanbridge "$nic" >>/run/same.log 2>&1 || { diag </run/same.log; ok "$text" false; }
	for file in /run/same/vif-bridge/*; do
		left=$(diff "$file" "/run/same/vif-vlanbridge/${file##*/}" | grep '^[<>]')
		for difference; do left=$(grep -vE "$difference" <<<"$left"); done
		is "$text: ${file##*/}" "$left" ''
	done
}

same 'plain' bridge=xenbr0
like 'and it is what it should be' "$(</run/same/vif-vlanbridge/2-add)" 'vifID.0: .*[<,]UP.* master xenbr0 .*vifID.0-emu: .*[<,]UP.* master xenbr0 .*hotplug-status = "connected"'
same 'mtu' bridge=xenbr0,mtu=1400
# With vifname, stock vif-bridge writes the MTU somewhere else, and fails when it is called again for the same vif.
same 'vifname' bridge=xenbr0,vifname=web0 '^> /local/domain/ID/device/vif/0/mtu' 'hotplug-(status|error) ='
done_testing
