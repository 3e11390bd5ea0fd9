# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Waiting for things to happen, instead of sleeping. All times are those of a quiet machine: busy ones get more.

# patience SECONDS: so many on a machine as slow as this one (see init).
patience() {
	echo $((($1 * ${LAB_SLOWNESS:-100} + 99) / 100))
}

# wait_until SECONDS COMMAND...: until the command succeeds; status 1, with its last output on stderr, if it doesn't in time.
wait_until() {
	local deadline=$((${EPOCHREALTIME/[.,]/} + $1 * ${LAB_SLOWNESS:-100} * 10000)) output
	shift
	until output=$("$@" 2>&1); do
		if [ "${EPOCHREALTIME/[.,]/}" -gt "$deadline" ]; then
			printf '%s\n' "timeout: $*" "$output" >&2
			return 1
		fi
		sleep 0.05
	done
}

# wait_for_line FILE REGEX SECONDS: until the file (which may not exist yet) has a line that matches; prints it.
wait_for_line() {
	local fd pid status=0
	wait_until "$3" test -e "$1" || return 1
	follow "$1" 1
	timeout "$(patience "$3")" grep -E -m1 "$2" <&$fd || { status=1; echo "timeout: no line in $1 matches $2" >&2; }
	unfollow
	return $status
}

# follow FILE BYTE: what is in the file from that byte on, and what will be, is to be read from $fd; until unfollow.
# (It is for grep and awk: bash reads byte by byte, which under emulation is 2 kB a second.)
follow() {
	exec {fd}< <(exec tail -c "+$2" -f "$1" 2>/dev/null)
	pid=$!
}

unfollow() {
	kill $pid 2>/dev/null
	wait $pid 2>/dev/null
	exec {fd}<&-
}
