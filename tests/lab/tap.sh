# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Assertions that print TAP, and the scenario's exit status.

tap_count=0 tap_failed=0 tap_finished=

# ok TEXT COMMAND...: the command succeeds; what it printed is shown when it doesn't. It runs in a subshell.
ok() {
	local text=$1 output status=0
	shift
	output=$("$@" 2>&1) || status=$?
	[ $status -eq 0 ] && tap_pass "$text" && return
	tap_fail "$text" "exit status $status of: $*" "$output"
}

# not_ok TEXT COMMAND...: the command fails.
not_ok() {
	local text=$1 output
	shift
	output=$("$@" 2>&1) || { tap_pass "$text"; return; }
	tap_fail "$text" "should have failed: $*" "$output"
}

# is TEXT GOT EXPECTED: the strings are equal.
is() {
	[ "$2" = "$3" ] && tap_pass "$1" && return
	case $2$3 in
	*$'\n'*) tap_fail "$1" "expected (-), got (+):" "$(diff -U1 <(echo "$3") <(echo "$2") | tail -n +3)" ;;
	*) tap_fail "$1" "got:      $2" "expected: $3" ;;
	esac
}

# like TEXT GOT REGEX: the string has a match of the extended regular expression; unlike: it has none.
like() {
	[[ $2 =~ $3 ]] && tap_pass "$1" && return
	tap_fail "$1" "no match of $3 in:" "$2"
}

unlike() {
	[[ $2 =~ $3 ]] || { tap_pass "$1"; return; }
	tap_fail "$1" "a match of $3 in:" "$2"
}

# diag [TEXT...]: a comment; without arguments from stdin.
diag() {
	if [ $# -gt 0 ]; then printf '%s\n' "$@"; else cat; fi | sed '/^$/d; s/^/# /'
}

# skip TEXT REASON
skip() {
	tap_pass "$1 # SKIP $2"
}

tap_pass() {
	echo "ok $((++tap_count)) - $1"
}

tap_fail() {
	echo "not ok $((++tap_count)) - $1"
	tap_failed=$((tap_failed + 1))
	shift
	diag "$@"
	return 1
}

# The last line of a scenario: the plan, and status 1 if anything failed.
done_testing() {
	tap_finished=yes
	echo "1..$tap_count"
	[ $tap_failed -eq 0 ] || { diag "$tap_failed of $tap_count failed"; exit 1; }
	exit 0
}

# A scenario that ends before done_testing has not passed.
trap '[ -n "$tap_finished" ] || { echo "Bail out! The scenario ended early"; exit 1; }' EXIT
