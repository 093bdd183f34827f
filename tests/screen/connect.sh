#!/bin/sh
# SPDX-License-Identifier: MIT
#
# hlp-console --connect: the folder of another instance, a socket, an instance behind a real sshd; what
# cannot be connected to is said, and ssh is gone when the console is.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/scenario/remote/sshd.sh"
trap end_of_both EXIT
end_of_both() {
	status=$?
	stop_sshd
	(exit "$status")
	end_terminal
}

printf 'name: there\nnodes: [{id: only, run: "seq -f %%.0f-there 1 3000"}]\n' >there.yaml
expect 0 hlp run there.yaml --yes

# ssh as a user has configured it.
mkdir bin
cat >bin/ssh <<END
#!/bin/sh
exec /usr/bin/ssh -F $keys/config -p $port "\$@"
END
chmod +x bin/ssh
PATH=$PWD/bin:$PATH
XDG_RUNTIME_DIR=$work
export XDG_RUNTIME_DIR
there=$HLP_HOME

expect 1 hlp-console --connect nowhere --headless there
complains "cannot connect to 'nowhere': no such folder or socket"
expect 1 hlp-console --connect there.yaml --headless there
complains 'neither the folder of an instance nor a socket'
for address in "$there" "$there/engine.sock" "ssh:$me@127.0.0.1:$there/engine.sock"; do
	expect 0 env HLP_HOME="$work/own" hlp-console --connect "$address" --headless there
	says 'there#1 .*COMPLETED'
done
expect 3 env HLP_HOME="$work/own" hlp-console --connect "$work/own" --headless there
complains 'no engine answers'

HLP_HOME=$work/own
terminal
type_in "XDG_RUNTIME_DIR=$work PATH=$PATH PAGER=cat hlp-console --connect ssh:$me@127.0.0.1:$there/engine.sock there; echo back"
shows 'there#1 .*COMPLETED .*127.0.0.1'
keys l
shows '^ 3000-there'
keys 8
shows 'start it there'
keys q
shows '^back$'
no_ssh() {
	for pid in $(home_pids); do
		grep -q '^ssh' "/proc/$pid/comm" 2>/dev/null && return 1
	done
	test -z "$(find "$work" -name 'hlp-ssh.*')"
}
HLP_HOME=$there
wait_for 5 no_ssh
