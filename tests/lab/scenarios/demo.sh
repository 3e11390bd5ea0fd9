# SPDX-License-Identifier: ISC
# check: no
# The demo: what a user would do on a Xen host whose guests live in VLANs behind an LACP bond, narrated.
. /lab/wait.sh
. /lab/far.sh
. /lab/guest.sh
network=network-vlanbridge

say() {
	printf '\n== %s\n' "$*"
}

# run COMMAND...: shows it as typed, and what it prints.
run() {
	printf '# %s\n' "$*"
	"$@"
}

die() {
	printf '\ndemo: %s\n' "$*"
	exit 1
}

# ping_from GUEST ADDRESS yes|no: says what came of it, and whether that is right.
ping_from() {
	local got=no
	guest "$1" ping -c1 -W2 "$2" >/dev/null 2>&1 && got=yes
	case $got$3 in
	yesyes) echo "$1 pings $2: answered, as it should be" ;;
	nono) echo "$1 pings $2: no answer, as it should be: that is the other VLAN" ;;
	yesno) die "$1 reaches $2, which is in the other VLAN" ;;
	noyes) die "$1 does not reach $2 in its own VLAN" ;;
	esac
}

far_bond bond0 eth0 eth1
far_vlan bond0 2 10.0.2.1/24
far_vlan bond0 3 10.0.3.1/24
before=$(host_state)

say "A real Xen host: $(xl info | awk -F': ' '/^xen_version/ { print "Xen " $2 }'), dom0 Linux $(uname -r), two cables to an LACP switch"
run ip -br link

say 'The configuration, as shipped'
cp /lab/examples/vlanbridge.conf.example /etc/xen/vlanbridge.conf
run grep -v -E '^ *(#|$)' /etc/xen/vlanbridge.conf

say 'What start is going to do'
run $network plan || die 'plan failed'

say 'Bond, VLANs and bridges are built'
run $network start || die 'start failed'
run $network status --tree

say 'Two guests: web in the LAN (VLAN 3), mail in the DMZ (VLAN 2)'
echo "web:  vif = [ 'bridge=xenbrlan,script=vif-vlanbridge' ]"
echo "mail: vif = [ 'bridge=xenbrdmz,script=vif-vlanbridge' ]"
guest_create web bridge=xenbrlan || die 'web did not start'
guest_create mail bridge=xenbrdmz || die 'mail did not start'
guest_ready web || die 'web did not boot'
guest_ready mail || die 'mail did not boot'
wait_until 10 lacp_up bond0 2 || die 'the switch is no LACP partner'
run $network status

say 'Each reaches its own VLAN through the bond, and not the other'
guest_net web eth0 10.0.3.11/24 10.0.2.11/24
guest_net mail eth0 10.0.2.12/24 10.0.3.12/24
ping_from web 10.0.3.1 yes
ping_from mail 10.0.2.1 yes
ping_from web 10.0.2.1 no
ping_from mail 10.0.3.1 no

say 'dom0 has no address on bridges, VLANs and vifs'
run ip -br addr

say 'The guests go, and stop takes everything down'
guest_destroy web mail
run $network stop || die 'stop failed'
run ip -br link
[ "$(host_state)" = "$before" ] || die 'the host is not as it was before'
say 'The host is as it was before'
exit 0
