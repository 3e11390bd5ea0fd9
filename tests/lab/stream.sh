# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# A thousand UDP datagrams a second each way between a guest and the far end, and how long none came (stream.c):
# `. /lab/stream.sh` after lib.sh.
#
#   streams_begin vm 7 10.0.3.11 10.0.3.1   `vm 7`, or `guest web`, has the first address, and `far` the other
#   streams_end vm 7                        sets gap=MS: the most datagrams in a row that were lost, in either direction

streams_begin() {
	rm -f /run/stream-far /run/stream
	far bash -c "stream receive 9002 >/run/stream-far 2>&1 & stream send $3 9001 >/dev/null 2>&1 & exit 0"
	"$1" "$2" bash -c "stream receive 9001 >/run/stream 2>&1 & stream send $4 9002 >/dev/null 2>&1 & exit 0"
	sleep 0.3
}

streams_end() {
	local here there
	sleep 0.3
	[ "$1" = vm ] || "$1" "$2" killall -TERM stream
	killall -TERM stream
	wait_until 5 grep -q row /run/stream-far && wait_until 5 "$1" "$2" grep -q row /run/stream
	here=$(</run/stream-far) there=$("$1" "$2" cat /run/stream)
	diag "from the guest $here; to it $there"
	gap=$(printf '%s\n' "$here" "$there" | sed 's/.*lost, //' | sort -n | tail -1)
	gap=${gap%% *}
}
