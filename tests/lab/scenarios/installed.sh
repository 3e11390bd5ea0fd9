# SPDX-License-Identifier: ISC
# check: long
# lab: systemd
# The installation that the manual recommends, as it is: systemd starts the unit of a Debian dom0 with the example of a
# configuration, and xl.conf.example's defaults give guests that say nothing their script and their bridge.
. /lab/lib.sh
network=/etc/xen/scripts/network-vlanbridge
unit=network-vlanbridge.service
GUEST_SCRIPT=
state() { systemctl show -P "$1" "${2:-$unit}"; }

is 'systemd is the init' "$(cat /proc/1/comm)" systemd
is 'it has started the unit' "$(state ActiveState)" active
like '  with its message in the journal, if any' "$(state ExecMainStatus)" '^0$'
ok 'before network.target' test "$(state ActiveEnterTimestampMonotonic)" -le "$(state ActiveEnterTimestampMonotonic network.target)"
is 'nothing is left to do' "$($network plan 2>&1)" ''
far_bond bond0 eth0 eth1
far_vlan bond0 3 10.0.3.1/24
far_vlan bond0 2 10.0.2.1/24
ok 'the bond finds its partner' wait_until 30 lacp_up bond0 2

ok 'a guest that says neither script nor bridge' guest_start web ''
web=$(xl domid web)
like '  is in the default bridge' "$(ip -o link show "vif$web.0")" '[<,]UP.* master xenbrlan .* vlanbridge guest '
is '  by the default script' "$(xenstore-read "backend/vif/$web/0/script")" /etc/xen/scripts/vif-vlanbridge
guest_net web eth0 10.0.3.11/24
ok '  and talks' guest web ping -c1 -W2 10.0.3.1
ok 'one that says which bridge' guest_start db bridge=xenbrdmz
guest_net db eth0 10.0.2.11/24
ok '  talks there' guest db ping -c1 -W2 10.0.2.1

# A new bridge by reload; a file that can't be, and everything stays.
sed -i "s/^bridges = \[/&\n    'name=br4, uplink=bond0, vlan=4',/" /etc/xen/vlanbridge.conf
ok 'reload' systemctl reload $unit
ok '  makes what is new' ip link show br4
sed -i 's/vlan=4/vlan=5000/' /etc/xen/vlanbridge.conf
not_ok 'reload with an error in the file' systemctl reload $unit
is '  leaves the unit active' "$(state ActiveState)" active
like '  says why in the journal, once' "$(journalctl -qb -u $unit -o cat | grep -c 'vlan=5000\|5000')" '^1$'
ok '  and the guests' guest web ping -c1 -W2 10.0.3.1
sed -i '/vlan=5000/d' /etc/xen/vlanbridge.conf
ok 'restart' systemctl restart $unit
ok '  the guests are back' wait_until 30 guest web ping -c1 -W1 10.0.3.1
ok '  each in its place' guest db ping -c1 -W2 10.0.2.1
not_ok '  what the file no longer has is gone' ip link show br4

# A change to be confirmed: the deadline is a timer of systemd, and outlives the terminal and the program.
bridge_is_gone() { ! ip link show br6 >/dev/null 2>&1; }
timer_is_gone() { [ "$(state ActiveState vlanbridge-revert.timer)" = inactive ]; }
sed -i "s/^bridges = \[/&\n    'name=br6, uplink=bond0, vlan=6',/" /etc/xen/vlanbridge.conf
setsid $network start confirm=8 >/run/start.log 2>&1 &
ok 'a change to be confirmed' wait_until 10 grep -q confirm /run/start.log
ok '  is made' ip link show br6
is '  with a timer of systemd' "$(state ActiveState vlanbridge-revert.timer)" active
pkill -9 -f 'network-vlanbridge start confirm'
ok '  is taken back, whoever was killed' wait_until 30 bridge_is_gone
ok '  and the timer is gone' wait_until 10 timer_is_gone
like '  the journal says so' "$(journalctl -qb -t network-vlanbridge -o cat)" "wasn't confirmed in time.*is back to the configuration confirmed at"
ok '  the guests are there' guest web ping -c1 -W2 10.0.3.1
$network start confirm=60 >/run/start.log 2>&1 &
ok 'once more' wait_until 10 grep -q confirm /run/start.log
ok '  confirmed' $network confirm
ok '  the timer is gone' wait_until 10 timer_is_gone
ok '  the bridge stays' ip link show br6
sed -i '/vlan=6/d' /etc/xen/vlanbridge.conf
ok '  reload takes it away' systemctl reload $unit
ok '  at once' bridge_is_gone

output=$(guest_create lost bridge=xenbrlam 2>&1)
not_ok 'a guest without its bridge' test $? = 0
like '  is told' "$output" "bridge 'xenbrlam' doesn't exist; this host has xenbrdmz, xenbrlan"
like '  as is the journal' "$(journalctl -qb -t vif-vlanbridge -o cat)" "bridge 'xenbrlam' doesn't exist; this host has xenbrdmz, xenbrlan"

ok 'the guests go' guest_destroy web db
ok 'stop' systemctl stop $unit
is '  gives the NICs back' "$(ip -br link | grep -cE 'bond0|xenbr|master')" 0
is '  cleanly' "$(state Result)" success
done_testing
