# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154 # variables of lib.sh
#
# Sourced after lib.sh by tests of `host`: a real sshd on loopback, run by the test's user with
# a key, a configuration and a port of its own; nothing of the machine's own ssh is read or
# changed. It stands in the test's folder and ends with the test.

sshd=/usr/sbin/sshd
test -x "$sshd" || skip "no sshd: install openssh-server"
me=$(id -un)
keys=$work/ssh
mkdir -p "$keys/home" && chmod 700 "$keys" || exit 1
# As root it wants a folder for its unprivileged half, as the package's service makes it.
test "$(id -u)" -ne 0 || mkdir -p /run/sshd || exit 1

ssh-keygen -q -t ed25519 -N '' -f "$keys/host_key" </dev/null || exit 1
ssh-keygen -q -t ed25519 -N '' -f "$keys/user_key" </dev/null || exit 1
ssh-keygen -q -t ed25519 -N '' -f "$keys/wrong_key" </dev/null || exit 1
cp "$keys/user_key.pub" "$keys/authorized_keys"

write_sshd_config() {
	cat >"$keys/sshd_config" <<END
Port $port
ListenAddress 127.0.0.1
HostKey $keys/host_key
AuthorizedKeysFile $keys/authorized_keys
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
MaxStartups 100
END
}

write_ssh_config() {
	cat >"$keys/$1" <<END
Host *
  IdentityFile $keys/$2
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile $keys/known_hosts
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
END
}

listens() {
	kill -0 "$sshd_pid" 2>/dev/null || return 1
	grep -q 'Server listening' "$keys/log"
}

# A port that nobody has: taken by trying. sshd's children are of its session and end with it.
start_sshd() {
	for port in $(awk 'BEGIN { srand(); for (i = 0; i < 30; i++) print 20000 + int(rand() * 40000) }'); do
		write_sshd_config
		: >"$keys/log"
		env -u HLP_HOME setsid "$sshd" -D -f "$keys/sshd_config" -E "$keys/log" </dev/null &
		sshd_pid=$!
		for tries in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
			listens && break 2
			kill -0 "$sshd_pid" 2>/dev/null || break
			sleep 0.05
		done
		kill "$sshd_pid" 2>/dev/null
	done
	listens || fail "sshd does not listen: $(tail -n 3 "$keys/log")"
	echo "[127.0.0.1]:$port $(cut -d ' ' -f 1,2 "$keys/host_key.pub")" >"$keys/known_hosts"
	write_ssh_config config user_key
	write_ssh_config config_wrong wrong_key
}

stop_sshd() {
	test -z "${sshd_pid-}" || kill -- "-$sshd_pid" "$sshd_pid" 2>/dev/null
}

end_of_ssh_test() {
	status=$?
	stop_sshd
	(exit "$status")
	cleanup
}
trap end_of_ssh_test EXIT
start_sshd
# What a node says: host: $here
here="{to: $me@127.0.0.1, port: $port, config: $keys/config}"
