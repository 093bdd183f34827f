/* SPDX-License-Identifier: MIT
 *
 * hlp-relay: stands between an attempt and its output where that may not reach the disk as it is.
 * The launcher starts it in place of the command; it starts the command, hides the secrets that it
 * was given in what it prints, and, when the command is a connection to another host, speaks with
 * the shell there (remote.h). It ends as the command did; what an exit status cannot say stands in
 * the note (launch/note.h). It outlives engine and launcher like any command.
 *
 * Secrets are read here, from files of the user's alone, and are in no argument, record or core.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "launch/note.h"
#include "relay/brief.h"
#include "relay/record.h"
#include "relay/session.h"
#include "relay/terminal.h"

#define SECRET_MAX ((size_t)64 * 1024)

struct secret {
	const char *name;
	char *value; /* owned, ends with NUL */
	size_t length;
};

struct relay {
	struct brief brief;
	struct secret *secrets; /* in the order of the brief's */
	struct mask mask;
	char **environment; /* of the command: what was given, then the relay's own texts of secrets
			     */
	size_t environment_given;
	int signal_fd;
	const char *attempt, *host; /* for messages */
};

/* ---- secrets ----------------------------------------------------------------------------- */

static int read_secrets(struct relay *relay, struct err *err)
{
	const struct brief *brief = &relay->brief;

	relay->secrets = mem_calloc(brief->secrets_count + 1, sizeof(*relay->secrets));
	for (size_t i = 0; i < brief->secrets_count; i++) {
		struct secret *secret = &relay->secrets[i];
		int result;

		secret->name = brief->secrets[i].name;
		result = file_read(brief->secrets[i].path, SECRET_MAX, &secret->value,
				   &secret->length, err);
		if (result == -ERR_NOT_FOUND)
			return err_set(err, ERR_NOT_FOUND,
				       "the secret for %s is not kept any more: it was forgotten",
				       secret->name);
		if (result < 0)
			return result;
		mask_add(&relay->mask, secret->value, secret->length);
		if (brief->record)
			record_hide(&relay->mask, secret->value, secret->length);
	}
	return 0;
}

/* What we were given, and the secrets: for a command of this machine. A connection is a program
 * that needs none of them. */
static void build_environment(struct relay *relay)
{
	const size_t secrets = relay->brief.script ? 0 : relay->brief.secrets_count;
	size_t count = 0;

	while (environ[count])
		count++;
	relay->environment_given = count;
	relay->environment = mem_calloc(count + secrets + 1, sizeof(char *));
	memcpy(relay->environment, environ, count * sizeof(char *));
	for (size_t i = 0; i < secrets; i++)
		relay->environment[count + i] =
			mem_printf("%s=%s", relay->secrets[i].name, relay->secrets[i].value);
}

static void release_environment(struct relay *relay)
{
	for (size_t i = relay->environment_given; relay->environment && relay->environment[i];
	     i++) {
		explicit_bzero(relay->environment[i], strlen(relay->environment[i]));
		free(relay->environment[i]);
	}
	free(relay->environment);
}

/* ---- outputs ----------------------------------------------------------------------------- */

static int write_outputs(const struct relay *relay, const char *data, size_t length,
			 struct err *err)
{
	struct mask_stream stream;
	struct buf out;
	int result, fd;

	fd = open(relay->brief.outputs, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		  0600);
	if (fd < 0)
		return err_errno(err, errno, "cannot write '%s'", relay->brief.outputs);
	buf_init(&out, 2 * REMOTE_OUTPUTS_MAX);
	mask_stream_init(&stream);
	for (size_t at = 0; at < length; at += SECRET_MAX) {
		const size_t rest = length - at;

		mask_pass(&relay->mask, &stream, data + at, rest < SECRET_MAX ? rest : SECRET_MAX,
			  rest <= SECRET_MAX ? MASK_LAST : MASK_MORE, &out);
	}
	result = file_write_fd(fd, out.data, out.length);
	mask_stream_release(&stream);
	buf_release(&out);
	(void)close(fd); /* written */
	return result < 0 ? err_errno(err, -result, "cannot write '%s'", relay->brief.outputs) : 0;
}

/* The command wrote them where only secrets may lie: what is kept of them is masked. */
static int move_outputs(const struct relay *relay, struct err *err)
{
	char *data = NULL;
	size_t length = 0;
	int result = file_read(relay->brief.outputs_raw, REMOTE_OUTPUTS_MAX, &data, &length, err);

	if (result >= 0)
		result = write_outputs(relay, data, length, err);
	if (data)
		explicit_bzero(data, length);
	free(data);
	(void)unlink(relay->brief.outputs_raw); /* goes with the execution's secrets else */
	return result;
}

/* Among what the attempt prints. */
static void complain(const struct err *err)
{
	(void)fprintf(stderr, "[hlp: %s]\n", err->message); /* nowhere else to say it */
}

/* ---- the end ----------------------------------------------------------------------------- */

static int write_note(const struct relay *relay, const struct launch_message *end, struct err *err)
{
	struct launch_message note = *end;

	note.attempt = relay->attempt;
	return note_write(relay->brief.note, &note, err);
}

static int say_end(const struct relay *relay, const struct launch_message *end)
{
	struct err err;

	if (write_note(relay, end, &err) < 0)
		complain(&err);
	return NOTE_STATUS;
}

static int say_launch(const struct relay *relay, int code, const char *text)
{
	return say_end(relay, &(struct launch_message){.kind = LAUNCH_EXITED,
						       .exit = LAUNCH_EXIT_LAUNCH,
						       .code = code,
						       .text = text});
}

static int say_lost(const struct relay *relay, const char *text)
{
	return say_end(relay, &(struct launch_message){.kind = LAUNCH_LOST, .text = text});
}

static int say_status(const struct relay *relay, enum launch_exit exit, int code, const char *text)
{
	return say_end(relay,
		       &(struct launch_message){
			       .kind = LAUNCH_EXITED, .exit = exit, .code = code, .text = text});
}

static int shell_code(const struct err *err)
{
	return err->code == ERR_NOT_FOUND ? 127 : 126;
}

/* ---- a command of this machine ----------------------------------------------------------- */

static int make_file(const char *path, struct err *err)
{
	const int fd =
		path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;

	if (path && fd < 0)
		return err_errno(err, errno, "cannot make '%s'", path);
	if (fd >= 0)
		(void)close(fd); /* nothing was written */
	return 0;
}

static int run_here(struct relay *relay)
{
	struct session session = {.argv = relay->brief.argv,
				  .environment = relay->environment,
				  .mask = &relay->mask,
				  .signal_fd = relay->signal_fd,
				  .stops = true};
	struct err err;

	if (make_file(relay->brief.outputs_raw, &err) < 0 || session_run(&session, &err) < 0)
		return say_launch(relay, shell_code(&err), err.message);
	if (relay->brief.outputs_raw && move_outputs(relay, &err) < 0)
		complain(&err);
	if (WIFSIGNALED(session.status))
		return say_status(relay, LAUNCH_EXIT_SIGNAL, WTERMSIG(session.status), NULL);
	if (WEXITSTATUS(session.status) == NOTE_STATUS)
		return say_status(relay, LAUNCH_EXIT_STATUS, NOTE_STATUS, NULL);
	return WEXITSTATUS(session.status);
}

/* ---- a command of another host ----------------------------------------------------------- */

static void add_secrets(const struct relay *relay, struct buf *setup)
{
	for (size_t i = 0; i < relay->brief.secrets_count; i++) {
		const struct secret *secret = &relay->secrets[i];

		buf_printf(setup, "%s=", secret->name);
		text_shell_quote(setup, secret->value, secret->length);
		buf_printf(setup, "\nexport %s\n", secret->name);
	}
}

static int make_remote(const struct relay *relay, const char *script, enum remote_outputs outputs,
		       struct remote *out, struct err *err)
{
	char nonce[REMOTE_NONCE_TEXT];
	unsigned char random[16];
	struct buf setup;
	char *data;
	size_t length;
	int result = file_read(script, REMOTE_SCRIPT_MAX / 2, &data, &length, err);

	if (result < 0)
		return result;
	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random)) {
		free(data);
		return err_errno(err, errno, "cannot draw a number");
	}
	for (size_t i = 0; i < sizeof(random); i++)
		(void)snprintf(nonce + 2 * i, 3, "%02x", random[i]);
	buf_init(&setup, REMOTE_SCRIPT_MAX);
	add_secrets(relay, &setup);
	buf_add(&setup, data, length);
	remote_init(out, nonce, &setup, outputs);
	if (setup.data)
		explicit_bzero(setup.data, setup.capacity);
	buf_release(&setup);
	free(data);
	return 0;
}

/* From here on a word is owed to whoever asks, whatever becomes of this process. */
static int foresee_loss(void *ctx, struct err *err)
{
	const struct relay *relay = ctx;
	char *text = mem_printf("stopped here; the remote end on %s is not proven", relay->host);
	const struct launch_message loss = {.kind = LAUNCH_LOST, .text = text};
	const int result = write_note(relay, &loss, err);

	free(text);
	return result;
}

static void describe(char *out, size_t size, int status)
{
	if (WIFSIGNALED(status))
		(void)snprintf(out, size, "ssh was ended by signal %d", WTERMSIG(status));
	else
		(void)snprintf(out, size, "ssh ended with %d", WEXITSTATUS(status));
}

/* The stop's own command, over a connection of its own. 0 when it ended well. */
static int run_stop(struct relay *relay)
{
	struct remote remote;
	struct session session = {.argv = relay->brief.argv,
				  .environment = relay->environment,
				  .mask = &relay->mask,
				  .remote = &remote,
				  .signal_fd = relay->signal_fd};
	struct err err;
	int result = make_remote(relay, relay->brief.stop, REMOTE_WITHOUT_OUTPUTS, &remote, &err);

	if (result < 0) {
		complain(&err);
		return result;
	}
	result = session_run(&session, &err);
	if (result >= 0)
		result = remote.phase == REMOTE_ENDED && remote.status == 0 ? 0 : -ERR_UNAVAILABLE;
	remote_release(&remote);
	return result;
}

static int say_stopped(struct relay *relay, const struct session *session)
{
	char text[400];

	if (session->remote->phase == REMOTE_CALLING)
		return say_status(relay, LAUNCH_EXIT_SIGNAL, SIGTERM,
				  "stopped before anything was started there");
	if (relay->brief.stop && run_stop(relay) == 0)
		return say_status(relay, LAUNCH_EXIT_SIGNAL, SIGTERM,
				  "stopped, there by the command of its 'stop'");
	(void)snprintf(text, sizeof(text), "stopped here; the remote end on %s is not proven%s",
		       relay->host, relay->brief.stop ? ": the command of its 'stop' failed" : "");
	return say_lost(relay, text);
}

static int say_broken(struct relay *relay, const struct session *session)
{
	char text[400], how[100];

	describe(how, sizeof(how), session->status);
	if (session->remote->phase == REMOTE_CALLING) {
		(void)snprintf(text, sizeof(text), "nothing was started on %s: %s", relay->host,
			       how);
		return say_launch(relay,
				  WIFEXITED(session->status) && WEXITSTATUS(session->status)
					  ? WEXITSTATUS(session->status)
					  : 255,
				  text);
	}
	(void)snprintf(text, sizeof(text),
		       "the connection to %s broke (%s); what became of the step there is unknown",
		       relay->host, how);
	return say_lost(relay, text);
}

static int say_remote_end(struct relay *relay, const struct session *session)
{
	const struct remote *remote = session->remote;
	struct err err;

	if (remote->phase != REMOTE_ENDED)
		return session->stopping ? say_stopped(relay, session) : say_broken(relay, session);
	if (relay->brief.outputs &&
	    write_outputs(relay, buf_text(&remote->outputs), remote->outputs.length, &err) < 0)
		complain(&err);
	return say_status(relay, LAUNCH_EXIT_STATUS, remote->status, NULL);
}

static int run_there(struct relay *relay)
{
	struct remote remote;
	struct session session = {.argv = relay->brief.argv,
				  .environment = relay->environment,
				  .mask = &relay->mask,
				  .remote = &remote,
				  .signal_fd = relay->signal_fd,
				  .stops = true,
				  .before_script = foresee_loss,
				  .ctx = relay};
	struct err err;
	int code, result = make_remote(relay, relay->brief.script,
				       relay->brief.outputs ? REMOTE_WITH_OUTPUTS
							    : REMOTE_WITHOUT_OUTPUTS,
				       &remote, &err);

	if (result < 0)
		return say_launch(relay, 126, err.message);
	result = session_run(&session, &err);
	code = result < 0 ? say_launch(relay, shell_code(&err), err.message)
			  : say_remote_end(relay, &session);
	remote_release(&remote);
	return code;
}

/* ---- a person's shell -------------------------------------------------------------------- */

static int prepare_shell(struct relay *relay, struct record *record, struct err *err)
{
	const struct brief *brief = &relay->brief;
	const char *workspace = getenv("HLP_WORKSPACE");
	int result = workspace ? file_make_folders(workspace, 0700, err) : 0;

	if (result >= 0)
		result = make_file(brief->outputs_raw ? brief->outputs_raw : brief->outputs, err);
	if (result >= 0)
		result = record_open(record, brief->record,
				     brief->most ? strtoll(brief->most, NULL, 10) : 0, &relay->mask,
				     err);
	return result;
}

static void say_of_recording(const struct record *record)
{
	if (record->error)
		(void)fprintf(stderr, "[hlp: the recording is not whole: %s]\r\n",
			      strerror(record->error));
}

/* It dies with whoever asks afterwards what became of the node. */
static int run_shell(struct relay *relay)
{
	struct record record;
	struct terminal terminal = {.argv = relay->brief.argv,
				    .environment = relay->environment,
				    .record = &record,
				    .signal_fd = relay->signal_fd};
	struct err err;
	int result = prepare_shell(relay, &record, &err);

	if (result < 0) {
		complain(&err);
		return 126;
	}
	(void)prctl(PR_SET_PDEATHSIG, SIGHUP); /* cannot fail */
	result = terminal_run(&terminal, &err);
	record_close(&record);
	say_of_recording(&record);
	if (result >= 0 && relay->brief.outputs_raw)
		result = move_outputs(relay, &err);
	if (result < 0) {
		complain(&err);
		return 126;
	}
	return WIFSIGNALED(terminal.status) ? 128 + WTERMSIG(terminal.status)
					    : WEXITSTATUS(terminal.status);
}

/* ---- the process ------------------------------------------------------------------------- */

/* Signals that ask to stop reach all of an attempt; this process stays until the command has
 * ended, so as to say how. */
static int set_up_process(struct relay *relay, struct err *err)
{
	static const int numbers[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
	const struct rlimit none = {0};
	sigset_t set;

	(void)sigemptyset(&set);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		(void)sigaddset(&set, numbers[i]);
	if (relay->brief.record)
		(void)sigaddset(&set, SIGWINCH);
	(void)sigprocmask(SIG_BLOCK, &set, NULL); /* cannot fail */
	(void)signal(SIGPIPE, SIG_IGN);
	relay->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (relay->signal_fd < 0)
		return err_errno(err, errno, "cannot watch signals");
	if (relay->brief.secrets_count &&
	    (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || setrlimit(RLIMIT_CORE, &none) < 0))
		return err_errno(err, errno, "cannot forbid core dumps");
	return 0;
}

static const char *host_of(char *const *argv)
{
	while (*argv && strcmp(*argv, "--") != 0)
		argv++;
	return *argv && argv[1] ? argv[1] : "the host";
}

static void release(struct relay *relay)
{
	const size_t count = relay->brief.secrets_count;

	for (size_t i = 0; relay->secrets && i < count; i++) {
		if (relay->secrets[i].value)
			explicit_bzero(relay->secrets[i].value, relay->secrets[i].length);
		free(relay->secrets[i].value);
	}
	free(relay->secrets);
	release_environment(relay);
	mask_release(&relay->mask);
	brief_release(&relay->brief);
}

static int run(struct relay *relay)
{
	if (relay->brief.record)
		return run_shell(relay);
	return relay->brief.script ? run_there(relay) : run_here(relay);
}

int main(int argc, char **argv)
{
	struct relay relay = {0};
	struct err err;
	int code, result;

	(void)argc;
	if (brief_read(argv, &relay.brief, &err) < 0) {
		(void)fprintf(stderr, "hlp-relay: %s\nhlpd starts it by itself.\n", err.message);
		return 2;
	}
	relay.attempt = getenv("HLP_ATTEMPT");
	relay.host = host_of(relay.brief.argv);
	result = set_up_process(&relay, &err);
	if (result >= 0)
		result = read_secrets(&relay, &err);
	if (result < 0 && relay.brief.record) {
		complain(&err);
		code = 126;
	} else if (result < 0) {
		code = say_launch(&relay, 126, err.message);
	} else {
		build_environment(&relay);
		code = run(&relay);
	}
	release(&relay);
	return code;
}
