# SPDX-License-Identifier: ISC
# The main job: an LACP bond, two VLANs, two bridges, two guests; each in its own VLAN, dom0 in none; and all gone again.
. /lab/lib.sh
network=/etc/xen/scripts/network-vlanbridge

far_bond bond0 eth0 eth1
far_vlan bond0 2 10.0.2.1/24
far_vlan bond0 3 10.0.3.1/24
ip link set eth0 up
cp /lab/examples/vlanbridge.conf.example /etc/xen/vlanbridge.conf
wait_until 10 settled
before=$(host_state)

# Without what bridges count and LACP goes on to talk about.
but_talk() { sed -E 's/_timer *[0-9.]*//g; s/ ad_(actor|partner)[a-z_]* [^ ]+| state (ACTIVE|BACKUP)//g'; }

ok 'start builds the example configuration' $network start
ok 'both ports have found their LACP partner' wait_until 10 lacp_up bond0 2
ok 'and the VLANs have their carrier' wait_until 10 eval '! ip link | grep NO-CARRIER'
links=$(ip -d link)
ok 'start again' $network start
is 'and nothing has changed' "$(ip -d link | but_talk)" "$(but_talk <<<"$links")"
is 'nothing is left to do' "$($network plan)" ''
strace -f -v -e trace=sendmsg -o /run/sent $network start
is 'start sends nothing but requests for links, addresses, routes, neighbours and rules' \
	"$(grep -o 'nlmsg_type=[^,]*' /run/sent | grep -v -E 'RTM_GET|=0x(12|16|1a|1e|22)( |$)')" ''
ok 'web starts in xenbrlan' guest_create web bridge=xenbrlan
ok 'mail starts in xenbrdmz' guest_create mail bridge=xenbrdmz
ok 'web is ready' guest_ready web
ok 'mail is ready' guest_ready mail
guest_net web eth0 10.0.3.11/24 10.0.2.11/24
guest_net mail eth0 10.0.2.12/24

ok 'web reaches VLAN 3' guest web ping -c1 -W2 10.0.3.1
ok 'mail reaches VLAN 2' guest mail ping -c1 -W2 10.0.2.1
not_ok 'web does not reach VLAN 2' guest web ping -c1 -W1 10.0.2.1
not_ok 'web does not reach mail' guest web ping -c1 -W1 10.0.2.12
is 'dom0 has no address on bridges, VLANs and vifs' \
	"$(ip -br addr | grep -E '^(xenbr|bond0|vif)' | awk 'NF > 2')" ''
status=$($network status)
diag <<<"$status"
like 'status shows web in its bridge' "$status" $'xenbrlan [^\n]*\n  vif[0-9]+\.0 +web/0 +up'
like 'and mail in its' "$status" $'xenbrdmz [^\n]*\n  vif[0-9]+\.0 +mail/0 +up'
ok 'web gets another bridge, as README says' vif-vlanbridge update web/0 bridge=xenbrdmz
ok 'it reaches VLAN 2' guest web ping -c1 -W2 10.0.2.1
ok 'and its bridge again' vif-vlanbridge update web/0 bridge=xenbrlan

# As dpkg does it; its scripts call nothing, see tests/package.
replace_programs() {
	local program
	for program in /usr/libexec/vlanbridge/{network,vif}-vlanbridge; do
		cp "$program" "$program.dpkg-new" && mv "$program.dpkg-new" "$program" || return
	done
}

# An edit of the file, and an upgrade: VLAN 7 comes and goes; a guest that pings 20 times a second doesn't notice.
guest web 'ping -i 0.05 -c 100 10.0.3.1 >/run/ping 2>&1 & exit 0'
sed -i "s/^bridges = \\[/&\n    'name=br7, uplink=bond0, vlan=7',/" /etc/xen/vlanbridge.conf
ok 'an edit: one more VLAN' $network start
ok 'it is there' ip link show br7
ok 'an upgrade' replace_programs
cp /lab/examples/vlanbridge.conf.example /etc/xen/vlanbridge.conf
ok 'and taken back' $network start
not_ok 'it is gone' ip link show br7
guest web 'while pidof ping >/dev/null; do sleep 0.2; done'
is 'no ping was lost meanwhile' "$(guest web 'cat /run/ping' | lost)" 0
ok 'restart' $network restart
ok 'puts the guests back' wait_until 10 guest web ping -c1 -W1 10.0.3.1

ok 'the guests go' guest_destroy web mail
ok 'stop removes everything' $network stop
wait_until 10 settled
is 'the host is as it was' "$(host_state)" "$before"
ok 'stop again is fine' $network stop
done_testing
