# SPDX-License-Identifier: ISC
# check: long
# lab: openvswitch time=600
# Other guests' NICs by Xen's own scripts on the same host, vif-route, vif-nat, vif-openvswitch and vif-bridge, and ours beside each:
# none disturbs the others, whoever comes or goes.
. /lab/lib.sh
network=/etc/xen/scripts/network-vlanbridge
printf '%s\n' 'vif.default.script="vif-vlanbridge"' 'vif.default.bridge="br3"' >/etc/xen/xl.conf
GUEST_SCRIPT=

far_vlan eth4 3 10.0.3.1/24
ip link set eth3 up
ip addr add 10.7.0.1/24 dev eth3
echo 1 >/proc/sys/net/ipv4/ip_forward
ip -n far link set eth7 up
ip -n far addr add 10.7.0.254/24 dev eth7
ip -n far route add 10.8.0.0/24 via 10.7.0.1
ip link add brown type bridge forward_delay 0
ip link set brown up
ip addr add 10.9.0.1/24 dev brown
modprobe openvswitch
ovsdb-tool create /etc/openvswitch/conf.db /usr/share/openvswitch/vswitch.ovsschema
mkdir -p /run/openvswitch
ovsdb-server /etc/openvswitch/conf.db --remote=punix:/run/openvswitch/db.sock --pidfile --detach --log-file >/run/lab/ovs.log 2>&1
ovs-vsctl --no-wait init
ovs-vswitchd --pidfile --detach --log-file >>/run/lab/ovs.log 2>&1
ok 'Open vSwitch runs' ovs-vsctl --timeout=20 add-br ovs0
ip link set ovs0 up
ip addr add 10.10.0.1/24 dev ovs0
echo "bridges = [ 'name=br3, uplink=eth0, vlan=3' ]" >/etc/xen/vlanbridge.conf
ok 'the network starts' $network start

others=(script=vif-route,gatewaydev=eth3,ip=10.8.0.11 script=vif-nat script=vif-openvswitch,bridge=ovs0 script=vif-bridge,bridge=brown)
ok "a guest with a NIC of each, and one of ours" guest_start old "${others[@]}" ''
old=$(xl domid old)
nat=10.$((old / 256)).$((old % 256)) # vif-nat's own idea of addresses
guest_net old eth0 10.8.0.11/32
guest old 'ip route add 10.7.0.0/24 dev eth0'
guest_net old eth1 "$nat.2/24" # NIC 1
guest_net old eth2 10.10.0.11/24
guest_net old eth3 10.9.0.11/24
guest_net old eth4 10.0.3.11/24

# theirs: what their NICs reach.
theirs() {
	ok "$1: vif-route" guest old ping -c1 -W2 10.7.0.1
	ok "$1: vif-route, to the world" guest old ping -c1 -W2 10.7.0.254
	ok "$1: vif-nat" guest old ping -c1 -W2 "$nat.129"
	ok "$1: vif-openvswitch" guest old ping -c1 -W2 10.10.0.1
	ok "$1: vif-bridge" guest old ping -c1 -W2 10.9.0.1
	ok "$1: ours" guest old ping -c1 -W2 10.0.3.1
}
theirs 'side by side'
is 'check finds nothing' "$($network check 2>&1)" ''
is 'nothing is left to do' "$($network plan 2>&1)" ''

ok 'a guest of ours comes' guest_start new '' bridge=eth0.3,vifname=lan
guest_net new eth0 10.0.3.12/24
ok '  and talks' guest new ping -c1 -W2 10.0.3.1
theirs 'ours beside'
ok 'start again' $network start
ok 'restart' $network restart
theirs 'after a restart of the network'
ok 'ours goes' guest_destroy new
theirs 'ours gone'
ok 'ours comes again' guest_start new ''
guest_net new eth0 10.0.3.12/24
ok 'theirs goes' guest_destroy old
ok '  ours talks' guest new ping -c1 -W2 10.0.3.1
is 'theirs leaves nothing' "$(ip -br link | grep -c "^vif$old\\."); $(ovs-vsctl list-ports ovs0)" '0; '
ok 'theirs comes again' guest_create old "${others[@]}"
ok '  and ours talks' guest new ping -c1 -W2 10.0.3.1
ok 'both go' guest_destroy old new
ok 'stop' $network stop
like 'what is not ours stays' "$(ip -br addr)" 'brown .*10\.9\.0\.1/24'
done_testing
