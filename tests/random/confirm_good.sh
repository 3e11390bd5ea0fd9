# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# 20 good changes, for tests/random/confirm --all: each is kept, and nobody waits to take one back.

changes=0

# good TEXT COMMAND [WORD...]: confirmed by somebody where there is confirm=, else by its probes.
good() {
	changes=$((changes + 1))
	ok "good change: $1" $network "${@:2}"
	[[ ${*:2} != *confirm=* ]] || ok "$1: confirm" $network confirm
	not_ok "$1: nothing waits" waits
	is "$1: nobody waits" "$(wait_until 3 no_holders; holders)" 0
}

# good_file FILE WORD...: from what the last one left to this file.
good_file() {
	cp "/tmp/$1.conf" $file
	good "$1 ${*:2}" start "${@:2}"
	is "$1: it runs" "$($network plan)" ''
	is "$1: kept" "$(last_confirmed)" "$(cat $file)"
}

confirmed_state a.conf
good_file vlans confirm=60
good_file options probe=gateway
good_file mtu confirm=60 probe=gateway
good_file renamed probe=gateway
good_file other probe=gateway
good_file address confirm=60
good_file network probe=gateway,+203.0.113.1
good_file a probe=gateway,+198.51.100.1
good_file every probe=gateway,198.51.100.1,198.51.100.254
good_file every-none confirm=60 probe=gateway
good_file every-tlb confirm=60
good_file lacp probe=gateway
good_file a confirm=60
good_file none confirm=60
good_file a probe=+198.51.100.1
good 'restart' restart confirm=60 probe=gateway
good 'a stack of arguments' start netdev=eth3 vlan=77 bridge=br77 probe=gateway
good 'another one' start netdev=eth3 vlan=78 bridge=br78 confirm=60
$network stop netdev=eth3 vlan=77 bridge=br77
$network stop netdev=eth3 vlan=78 bridge=br78
good 'stop' stop confirm=3
before=$(state)
cp /tmp/a.conf $file
good 'start' start confirm=3 probe=2001:db8::1
made=$(state)
sleep 4
is 'nothing goes back when the time is over' "$(same "$made")" ''
is 'good changes' $changes 20
