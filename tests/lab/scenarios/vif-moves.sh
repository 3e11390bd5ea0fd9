# SPDX-License-Identifier: ISC
# check: long
# lab: hvm time=900
# A guest that is renamed, saved, restored, migrated and replicated: its NIC has the same place, name and rules, and nothing of the former
# domain stays. Debian's hypervisor has no shadow paging, which the live migration of PV guests needs: these are PVH but for the first.
. /lab/lib.sh
. /lab/vif.sh
network=/etc/xen/scripts/network-vlanbridge

far_vlan eth4 3
ip -n far addr add 10.0.3.1/24 dev eth4.3
cat >/etc/xen/vlanbridge.conf <<'END_OF_FILE'
bridges = [ 'name=br3, uplink=eth0, vlan=3' ]
END_OF_FILE
ok 'the network starts' $network start

# What NIC 0 of a guest has; the domain's number is left out.
port() {
	local domain vif
	domain=$(xl domid "$1")
	vif=$(xenstore-read "backend/vif/$domain/0/vifname" 2>/dev/null || echo "vif$domain.0")
	echo "${vif/vif$domain.0/vif} $(xenstore-read "backend/vif/$domain/0/hotplug-status")"
	ip -o link show "$vif" | grep -oE 'mtu [0-9]+|master [^ ]+'
	nft list set netdev "vlanbridge-vif$domain.0" ip4-sources | grep -oE '10[0-9.]+'
}
left() { ip -o link | grep -E ': (vif|web)[0-9]'; nft list tables | grep -E 'vif|web'; }
# From outside: the console of a PVH guest doesn't always live on after xl save -c.
reachable() { wait_until 20 far ping -c1 -W1 10.0.3.11; }
printf '#!/bin/sh\nexec xl migrate-receive\n' >/run/receive
printf '#!/bin/sh\nexec xl migrate-receive -r\n' >/run/replicate
chmod +x /run/receive /run/replicate

# starts TYPE NIC
starts() {
	diag "$1 $2"
	GUEST_TYPE=$1
	ok 'a guest' guest_start web "$2"
	guest_net web eth0 10.0.3.11/24
	ok '  reachable' reachable
	before=$(port web)
}

renamed() {
	xl rename web shop
	is 'renamed: the same port' "$(port shop)" "$before"
	like '  status has the new name' "$($network status)" shop
	ok '  update takes it' /etc/xen/scripts/vif-vlanbridge update shop/0 isolated=yes
	ok '  and back' /etc/xen/scripts/vif-vlanbridge update shop/0 isolated=
	unlike '  the old one is gone' "$(/etc/xen/scripts/vif-vlanbridge update web/0 isolated= 2>&1)" '^$'
}

same_port() { # WHAT
	is "$1: the same port" "$(port shop)" "$before"
	ok '  reachable' reachable
}

xenstore_has() { [ "$(xenstore-read "$1" 2>/dev/null)" = "$2" ]; }

saved() {
	ok 'saved, and goes on' xl save -c shop /run/shop.save
	same_port 'goes on'
	ok 'saved' xl save shop /run/shop.save
	is '  nothing is left' "$(left)" ''
	ok 'restored' guest_by shop xl restore /run/shop.save
	same_port 'restored'
}

ended() {
	ok 'the guest goes' guest_destroy shop
	is '  nothing is left' "$(left)" ''
}

starts pv bridge=br3,ip=10.0.3.11,vifname=web0
renamed
saved
ended

starts pvh bridge=br3,ip=10.0.3.11,mtu=1400
renamed
saved
former=$(xl domid shop)
ok 'migrated' guest_by shop xl migrate -s '' shop /run/receive
ok '  another domain' test "$(xl domid shop)" != "$former"
same_port 'migrated'
is '  no vif of the former one' "$(left | grep -c "vif$former[.]")" 0
former=$(xl domid shop)
xl remus -F -n -u -i 500 -s '' shop /run/replicate >/run/remus.log 2>&1 &
remus=$!
checkpoints() { [ "$(grep -c 'All records processed' /run/remus.log)" -ge "$1" ]; }
ok 'replicated' wait_until 120 checkpoints 2
same_port 'replicated'
is '  the copy has no vif yet' "$(left | grep -c ': vif')" 1
xl destroy shop
pkill -f 'xl remus'
wait $remus
ok 'the copy takes over' wait_until 60 xl domid shop
ok '  another domain' test "$(xl domid shop)" != "$former"
ok '  connected' wait_until 60 xenstore_has "backend/vif/$(xl domid shop)/0/hotplug-status" connected
same_port 'took over'
is '  no vif of the former one' "$(left | grep -c "vif$former[.]")" 0
ended

# Both domains are there for a moment, and a name can only be had once.
starts pvh bridge=br3,ip=10.0.3.11,vifname=web0
xl rename web shop
domain=$(xl domid shop)
is 'a name that is taken: no migration within a host' "$(xl migrate -s '' shop /run/receive >&2; echo $?)" 1
is '  the same domain goes on' "$(xl domid shop)" "$domain"
same_port 'not migrated'
like '  the log says why' "$(journalctl -b 2>/dev/null; cat /var/log/messages /var/log/syslog 2>/dev/null)" 'vifname=web0: NIC 0 of domain [0-9]+ has that name already'
ended
done_testing
