/* SPDX-License-Identifier: MIT
 *
 * A table of what programs say when they fail. See explain.h. Of two that fit one line the upper
 * one holds: what is special stands above what is general.
 */
#include "model/explain.h"

#include <string.h>

struct known {
	const char *says; /* part of a line */
	const char *means;
};

#define NO_TERMINAL "a node has no terminal to ask on"
#define NOT_IN_PATH                                                                                \
	"the program is neither where its name says nor in the node's PATH (hlp run --dry-run "    \
	"shows it): write its whole path, or set PATH in env"

static const struct known table[] = {
	/* asked for something that a person would type */
	{"sudo: a terminal is required",
	 NO_TERMINAL ": allow this command without a password (NOPASSWD in sudoers)"},
	{"sudo: a password is required",
	 NO_TERMINAL ": allow this command without a password (NOPASSWD in sudoers)"},
	{"sudo: no tty present",
	 NO_TERMINAL ": allow this command without a password (NOPASSWD in sudoers)"},
	{"you must have a tty to run sudo",
	 NO_TERMINAL ": take requiretty out of sudoers for this user"},
	{"must be run from a terminal",
	 NO_TERMINAL ": use the program's own way to run unattended"},
	{"the input device is not a TTY", NO_TERMINAL ": take -t (and -i) away from the command"},
	{"is not a tty", NO_TERMINAL ": use the program's own way to run unattended"},
	{"TERM environment variable not set",
	 NO_TERMINAL ": use the program's own way to run unattended"},
	{"could not read Username", NO_TERMINAL ": give git its credentials by a helper or a key"},
	{"could not read Password", NO_TERMINAL ": give git its credentials by a helper or a key"},

	/* ssh */
	{"Permission denied (publickey",
	 "ssh has no key that the host takes: is the agent there (pass_env: SSH_AUTH_SOCK), and "
	 "does ssh-add -l list the key?"},
	{"Host key verification failed",
	 "the host's key is not known or has changed: compare it, then connect once by hand"},
	{"REMOTE HOST IDENTIFICATION HAS CHANGED",
	 "the host answers with another key than before: find out why before anything else"},
	{"Could not resolve hostname",
	 "the name of the host leads nowhere from here: check the name and the resolver"},

	/* the network */
	{"Temporary failure in name resolution",
	 "the resolver does not answer: check /etc/resolv.conf and the name servers"},
	{"Name or service not known",
	 "the name of the host leads nowhere from here: check the name and the resolver"},
	{"The connection to the server localhost:8080 was refused",
	 "kubectl has no configuration: name KUBECONFIG in pass_env, or give --kubeconfig"},
	{"Connection refused",
	 "the host is up and nothing listens on that port: is the service running, is it that "
	 "port?"},
	{"Connection timed out", "the host does not answer: it is down, or a firewall is between"},
	{"Operation timed out", "the host does not answer: it is down, or a firewall is between"},
	{"No route to host", "the host cannot be reached: it is down, or a firewall refuses"},
	{"Network is unreachable", "there is no way to that network from here: check the routes"},
	{"Address already in use",
	 "another process has that port: find it with ss -ltnp, end it or take another port"},
	{"certificate has expired", "a certificate has expired: renew it, and check the clock"},
	{"certificate verify failed",
	 "the certificate is not signed by anybody that this host trusts, or is for another name"},
	{"self-signed certificate",
	 "the certificate is not signed by anybody that this host trusts"},

	/* space and limits */
	{"No space left on device",
	 "the disk is full, or has no inodes left: df -h and df -i tell which"},
	{"Disk quota exceeded", "this user's share of the disk is used up: quota tells how much"},
	{"Read-only file system",
	 "the file system may not be written, often after a disk error: look at dmesg"},
	{"Too many open files",
	 "a limit on open files was reached: ulimit -n, or something leaks them"},
	{"Cannot allocate memory", "there was no memory left: free -m, and who uses it"},
	{"Out of memory", "there was no memory left: free -m, and who uses it"},
	{"Resource temporarily unavailable",
	 "a limit on processes or locks was reached: ulimit -u, or another one holds the lock"},

	/* the wrong shell, the wrong file */
	{"bad interpreter",
	 "the first line of the script names a program that is not there, or ends in a carriage "
	 "return"},
	{"$'\\r'", "the script has the line ends of Windows: convert it with sed -i 's/\\r$//'"},
	{"[[: not found", "this is for bash, and strings run with sh: say shell: bash"},
	{"Bad substitution", "this is for bash, and strings run with sh: say shell: bash"},
	{"Syntax error: \"(\" unexpected",
	 "this is for bash, and strings run with sh: say shell: bash"},
	{"set: Illegal option -o pipefail",
	 "this is for bash, and strings run with sh: say shell: bash"},
	{"unbound variable",
	 "the environment of a node is built, not inherited: name the variable in env or pass_env"},
	{"parameter not set",
	 "the environment of a node is built, not inherited: name the variable in env or pass_env"},
	{"Text file busy", "the program is running and cannot be overwritten: replace it by mv"},

	/* credentials */
	{"Unable to locate credentials",
	 "the environment of a node is built, not inherited: name AWS_PROFILE or the like in "
	 "pass_env"},
	{"Peer authentication failed",
	 "PostgreSQL takes the system's user for its own: run it as that user (setpriv, sudo -u)"},
	{"password authentication failed", "the password or the user is wrong"},
	{"Could not get lock", "another package manager is at work: wait until it has ended"},
	{"Unable to acquire the dpkg",
	 "another package manager is at work: wait until it has ended"},

	/* what is most general comes last */
	{"command not found", NOT_IN_PATH},
	{": not found", NOT_IN_PATH},
	{"Permission denied",
	 "this user may not do that: check owner and mode of the file, and chmod +x for a script"},
	{"Operation not permitted", "this takes more rights than this user has"},
	{"No such file or directory",
	 "a path leads nowhere: relative ones begin at the node's folder (hlp run --dry-run shows "
	 "it)"},
};

static const char *explain_line(const char *line, size_t length)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (memmem(line, length, table[i].says, strlen(table[i].says)))
			return table[i].means;
	return NULL;
}

const char *explain_output(const char *output, size_t length)
{
	const char *means = NULL;

	while (length > 0 && !means) {
		const char *newline = memrchr(output, '\n', length - 1);
		const char *line = newline ? newline + 1 : output;

		means = explain_line(line, length - (size_t)(line - output));
		length = (size_t)(line - output);
	}
	return means;
}

const char *explain_end(int32_t exit_code, int32_t signal)
{
	enum { KILLED = 9, SEGMENT = 11, PIPE = 13, NOT_EXECUTABLE = 126, NOT_FOUND = 127 };

	if (!signal && exit_code > 128)
		signal = exit_code - 128; /* of what a shell waited for */
	switch (signal) {
	case KILLED:
		return "it was killed: by somebody, or by the kernel for want of memory (dmesg "
		       "tells)";
	case SEGMENT:
		return "the program crashed: a fault of its own";
	case PIPE:
		return "it wrote to something that had ended";
	default:
		break;
	}
	switch (exit_code) {
	case NOT_EXECUTABLE:
		return "the file is there and cannot be run: chmod +x, and a first line that names "
		       "its interpreter";
	case NOT_FOUND:
		return NOT_IN_PATH;
	default:
		return NULL;
	}
}
