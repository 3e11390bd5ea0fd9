# SPDX-License-Identifier: ISC
# What becomes of filtering rules: who has them, when they go, and how they come back. What they let through is vif-frames' subject.
. /lab/lib.sh
. /lab/vif.sh
modprobe -a veth tun dummy
network=/etc/xen/scripts/network-vlanbridge
tables() { nft list tables | sed -n 's/^table netdev vlanbridge-//p' | sort | tr '\n' ' ' | sed 's/ $//'; }
flags() { bridge -d link show dev "$1" | grep -oE 'learning o[nf]*|locked o[nf]*' | tr '\n' ' '; }
filtered() { nft list chain netdev "vlanbridge-$1" guest 2>/dev/null | sed -nE 's/.*device "([^"]*)".*/\1/p'; }

cat >/etc/xen/vlanbridge.conf <<'END'
bridges = [ 'name=safe, antispoof=yes', 'name=routed, antispoof=yes, guests=routers', 'name=open' ]
END
ok 'bridges' $network start
vif_plain 5 6 7
vif_ask 5 bridge=safe
vif_ask 6 bridge=open ip=10.0.3.6
vif_ask 7 bridge=open
for n in 5 6 7; do ok "vif$n.0" vif_run $n online; done
is 'two of them have rules' "$(tables)" 'vif5.0 vif6.0'
is '  nothing is done for those without' "$(flags vif7.0)" 'learning on locked off '
is '  the others learn nothing' "$(flags vif6.0)" 'learning off locked on '

# The rules that a router needs to be free of; for one vif the word router in ip= does it.
like 'a host must not be a router' "$(nft list table netdev vlanbridge-vif5.0)" 'icmpv6 type @icmpv6-router counter name "bad-ra" drop'
vif_ask 5 bridge=routed
ok 'on a bridge with guests=routers' vif_run 5 online
unlike '  it may be one' "$(nft list table netdev vlanbridge-vif5.0)" '"bad-(ra|dhcp|group)"'
vif_ask 5 bridge=safe ip='router'
ok 'with ip=router' vif_run 5 online
unlike '  it may be one too' "$(nft list table netdev vlanbridge-vif5.0)" '"bad-(ra|dhcp|group)"'
like '  with its own MAC address' "$(nft list table netdev vlanbridge-vif5.0)" 'ether saddr != 00:16:3e:00:00:05'
vif_ask 5 bridge=open
ok 'on a bridge without antispoof' vif_run 5 online
is '  its rules go' "$(tables)" 'vif6.0'
is '  and it learns again' "$(flags vif5.0)" 'learning on locked off '

# What deletes them; and what puts them back.
vif_ask 5 bridge=safe
vif_run 5 online
nft flush ruleset
is 'a flush deletes them' "$(tables)" ''
like '  status says so' "$($network status)" 'vif5.0 .*no filtering rules'
ok '  rules puts them back' $network rules
is '  for those that had any' "$(tables)" 'vif5.0 vif6.0'
is '  at their devices' "$(filtered vif5.0) $(filtered vif6.0)" 'vif5.0 vif6.0'
like '  status says so' "$($network status)" 'vif5.0 .*filtered'
nft list ruleset >/run/saved
is 'none of the names is a word of the language of nft' "$(nft -c -f /run/saved 2>&1 | grep unexpected)" ''
nft flush ruleset
ok 'start does so too' $network start
is '  for those that had any' "$(tables)" 'vif5.0 vif6.0'
counters=$(nft list table netdev vlanbridge-vif6.0)
ok 'and again' $network start
is '  leaves them alone' "$(nft list table netdev vlanbridge-vif6.0)" "$counters"
nft flush ruleset
xenstore-rm backend/vif/6/0
not_ok 'without the directory in xenstore' $network rules
is '  the others come back all the same' "$(tables)" 'vif5.0'
vif_ask 6 bridge=open ip=10.0.3.6
ok '  and it too, when it is there again' $network rules
is '  with its rules' "$(tables)" 'vif5.0 vif6.0'

# A port that is moved to another bridge has its MAC address there, too.
entry() { bridge fdb show dev "$1" | grep -v permanent | grep -o '^[^ ]* master [^ ]* static'; }
is 'an entry of the bridge' "$(entry vif5.0)" '00:16:3e:00:00:05 master safe static'
ok 'restart' $network restart
is '  it is there again' "$(entry vif5.0)" '00:16:3e:00:00:05 master safe static'
is '  with the lock' "$(flags vif5.0)" 'learning off locked on '
is '  and the rules' "$(tables)" 'vif5.0 vif6.0'

# The guest's MAC address is at its vif or at its tap, wherever it is now.
ip tuntap add vif5.0-emu mode tap
ok 'a NIC with a tap' env VIF_EMULATED=yes bash -c '. /lab/vif.sh; vif_run 5 online && vif_run 5 add'
is '  both ports have rules' "$(filtered vif5.0) $(filtered vif5.0-emu)" 'vif5.0 vif5.0-emu'
is '  and learn where it is' "$(flags vif5.0)$(flags vif5.0-emu)$(entry vif5.0; entry vif5.0-emu)" 'learning on locked off learning on locked off '
nft flush ruleset
ok '  rules puts them back' $network rules
is '  for both' "$(filtered vif5.0) $(filtered vif5.0-emu)" 'vif5.0 vif5.0-emu'
VIF_EMULATED=yes vif_run 5 remove
is '  the tap goes alone' "$(tables)" 'vif5.0 vif6.0'
ok 'without its tap' vif_run 5 online
is '  the vif is locked again' "$(flags vif5.0)" 'learning off locked on '

# Who has which: by the toolstack's name, not by that which vifname= gives.
vif_ask 6 bridge=open ip=10.0.3.6
vif_run 6 offline
is 'offline takes them away' "$(tables)" 'vif5.0'
vif_ask 6 bridge=open ip=10.0.3.6 vifname=web0
ok 'a vif that has a name of its own' vif_run 6 online
is '  has rules by that of the toolstack' "$(tables) $(filtered vif6.0)" 'vif5.0 vif6.0 web0'
ip link del web0
vif_ask 7 bridge=open vifname=web0
ok 'its successor of the same name' vif_run 7 online
is '  inherits none' "$(filtered vif6.0)" ''
ip link set web0 down
ip link set web0 name vif7.0
vif_ask 7 bridge=open ip=10.0.3.7 vifname=web0
ok '  and when it has its own' vif_run 7 online
vif_run 6 offline
is '  keeps them when the other one goes offline' "$(tables) $(filtered vif7.0)" 'vif5.0 vif7.0 web0'
xenstore-rm backend/vif/7/0
ok 'offline without a directory' env vifname=web0 vif=vif7.0 XENBUS_PATH=backend/vif/7/0 $vif_scripts/vif-vlanbridge offline type_if=vif
is '  takes them away too' "$(tables)" 'vif5.0'

# Many addresses, and networks that contain others.
addresses=$(printf '10.0.%d.1/32,' {1..60})$(printf '2::%x ' {1..66})10.0.0.0/8,10.0.0.0/8
vif_ask 5 bridge=safe "ip=$addresses"
ok '128 addresses' vif_run 5 online
is '  without those that are in a network' "$(nft list set netdev vlanbridge-vif5.0 ip4-sources | grep -oE '[0-9.]+/[0-9]+' | tr '\n' ' ')" '10.0.0.0/8 '
vif_ask 5 bridge=safe "ip=$(printf '2::%x ' {1..129})"
vif_refused 5 online 'vif5.0: ip= has more than 128 addresses'
done_testing
