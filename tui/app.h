/* SPDX-License-Identifier: MIT
 *
 * The console's state and what keys do to it. It holds no truth: the mirror is the engine's, and
 * every act goes to the engine. Nothing here blocks, asks for the time or touches the terminal: the
 * loop sets `now_us` and `wall_us`, hands in keys and shows what app_draw leaves in the canvas. One
 * thread.
 */
#ifndef HLP_TUI_APP_H
#define HLP_TUI_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "client/client.h"
#include "client/mirror.h"
#include "client/sources.h"
#include "draw/canvas.h"
#include "draw/diff_rows.h"
#include "draw/layout.h"
#include "tui/action.h"
#include "tui/child.h"
#include "tui/edit.h"
#include "tui/errand.h"
#include "tui/form.h"
#include "tui/page.h"
#include "tui/rollback.h"
#include "tui/tail.h"
#include "tui/term.h"

struct app;

enum view_id {
	VIEW_LIST,
	VIEW_GRAPH,
	VIEW_NODE,
	VIEW_OUTPUT,
	VIEW_DIFF,
	VIEW_WHY,
	VIEW_RUNS,
	VIEW_HELP,
	VIEW_TIMELINE,
	VIEW_ARTIFACTS,
	VIEW_JOURNAL,
	VIEW_COMPARE,
	VIEW_WORKFLOWS,
	VIEWS
};
#define VIEW_DEPTH 8

/* A key worth naming in the last line; `word` NULL: by the action's name. */
struct hint {
	enum action action;
	const char *word;
};

/* One view, one file. */
struct view_ops {
	const char *title;
	const struct hint *hints;      /* for the last line of the screen; ends with ACTION_NONE */
	void (*open)(struct app *app); /* may be NULL */
	void (*draw)(struct app *app, struct canvas *canvas, struct area area);
	/* false: this view has no use for the action */
	bool (*act)(struct app *app, enum action action);
	/* A click: selects what is drawn there; true if that was selected already. NULL: the view
	 * has rows, or nothing to click on. */
	bool (*point)(struct app *app, int x, int y);
};

struct list_row {
	int64_t node; /* -1: the header of a phase */
	int32_t phase;
	uint32_t total; /* of a header: the nodes of its phase */
};

struct list_state {
	struct list_row *rows;
	size_t count, capacity;
	bool attention; /* what needs a person first, instead of by phase */
	bool built;
	uint64_t topology, seq; /* that the rows were built from */
	int name_width;		/* columns of the longest name */
	int top;
};

struct drawing; /* tui/drawing.h */
struct fold;	/* tui/fold.h */

enum graph_isolation { ISOLATE_NOTHING, ISOLATE_UP, ISOLATE_DOWN, ISOLATE_BOTH };

/* What of a graph is folded, by the user's word. */
struct graph_folds {
	bool *opened;		      /* per node: stands for itself */
	bool *phases, *phases_opened; /* per phase: folded, or never */
	uint32_t nodes_count, phases_count;
	bool all_open, all_folded;
	enum graph_isolation isolation;
	uint32_t isolated; /* the node that it is about */
};

/* The places of the nodes that all of graph_state is about, by name; see tui/grown.h. */
struct graph_names {
	struct arena arena;
	struct map index;
	uint64_t topology;
};

/* The selected box as it was seen last. */
struct graph_seen {
	char id[64];
	int x, y;	   /* on the screen, from the view's corner */
	int width, height; /* of the view */
};

struct graph_state {
	struct fold *fold; /* what is drawn; layout's nodes are its groups */
	struct layout *layout;
	struct drawing *drawing; /* a layout under way; NULL: none */
	struct graph_folds folds;
	struct graph_names names;
	uint32_t *was; /* per node, its place when `fold` was made; NULL: the same */
	struct graph_seen seen;
	bool fresh; /* the layout was not drawn yet */
	bool held;  /* the camera stands so that the selected box kept its place */
	bool stale; /* what is wanted changed: fold and lay out again */
	uint64_t topology;
	int box_width, for_width;
	bool tall; /* boxes of three rows */
	int zoom;  /* widths of boxes wider (> 0) or narrower than fits */
	int scroll_x, scroll_y;
	bool follow, minimap, critical;
	int64_t followed_us;
};

/* What the engine answered to a question of a view; see feed_ask.c. */
struct feed_answer {
	ProtobufCMessage *message; /* owned; NULL before the answer */
	char error[512];	   /* "" when none */
};

/* Lines of the output that were looked for; see tui/found.h. */
struct found_line {
	int64_t offset;
	char *text; /* owned */
};

struct attempt_name {
	char kind[8]; /* run undo hook check shell */
	uint32_t number;
};

struct found_state {
	uint32_t node;		/* whose output */
	struct attempt_name of; /* which attempt's */
	char text[128];		/* looked for last; "" nothing */
	bool errors, backwards;
	bool busy;	   /* a search is under way */
	int64_t hit, past; /* where the last one begins and ends; -1: none */
	struct feed_answer answer;
	/* keep-only */
	bool keeping;
	struct found_line *lines; /* in the order of the output; owned */
	size_t count, capacity, selected;
	int64_t above, below; /* what lies between is known */
	bool all_above;	      /* nothing more before it */
	int top;
};

struct diff_state {
	uint32_t file;				 /* index in the node's list, while of_node */
	bool of_node;				 /* else two revisions were chosen */
	char artifact[400];			 /* "NODE:PATH" */
	char old_revision[24], new_revision[24]; /* "": before the node, and the newest */
	uint32_t context; /* lines around a change; 0: as the engine has it */
	bool side_by_side;
	bool as_text; /* line by line, even what could be compared by its structure */
	struct feed_answer answer;
	const ProtobufCMessage *parsed_from; /* the answer that `parsed` is of */
	struct diff *parsed;
	struct diff_rows rows; /* of `parsed`, as last laid out */
	bool rows_sides;       /* what they were laid out for */
	int top;
};

struct artifacts_state {
	struct feed_answer answer;
	size_t selected;	       /* row */
	char base[24], base_file[400]; /* the revision to compare with; "" none chosen */
	int top;
};

/* The journal of one execution, its newest part. */
/* What somebody with a coach has looked at. */
enum { COACH_SAW_FAILURE = 1, COACH_SAW_DIFF = 2, COACH_SAW_CRASH = 4 };

struct journal_row {
	uint64_t seq;
	int64_t time_us;
	char *kind, *node, *attempt, *state, *reason, *actor, *verb, *text;
	char *origin; /* the actor's terminal, and over ssh from where; "" unknown */
};

struct journal_state {
	struct journal_row *rows; /* owned */
	size_t count, capacity;
	uint64_t dropped;  /* older ones that are not kept */
	bool all;	   /* every event, not the acts alone */
	uint64_t selected; /* its seq; 0: the newest */
	int top;
	char error[200];
};

struct timeline_state {
	int64_t from_us, span_us; /* the part in sight; span 0: all of it */
	int top;
};

struct compared {
	char id[32];
	struct feed_answer status, graph;
};

struct compare_state {
	struct compared sides[2]; /* the older one first */
	bool everything;	  /* also what is the same */
	struct page page;
};

struct workflows_state {
	struct arena arena; /* of the entries */
	struct sources_entry *entries;
	size_t count, selected;
	int top;
	struct child git;     /* what is shown below the list */
	char git_title[120];  /* "": what the workflow is for */
	bool diff_of_commits; /* what the next diff shows */
	bool committing;
	struct page page;
};

/* tui/attempts.h: which attempt is looked at. */
struct attempts_state {
	uint32_t node;			       /* whose */
	struct feed_answer list;	       /* an AttemptList */
	uint64_t asked_version, known_version; /* of the node: asked for at it, known at it */
	struct attempt_name shown;	       /* what the tail is of */
	struct attempt_name chosen;	       /* by a person; number 0: nobody chose */
	uint32_t chosen_run, chosen_undo;      /* the newest of the node's at that time */
	int step;			       /* to be made when the list is here; 0 none */
};

struct runs_state {
	struct feed_answer answer;
	char marked[32];   /* id of the one to compare with; "" none */
	char selected[32]; /* id */
	int top;
	bool open_live; /* at start: go on to the newest live one */
};

struct plan_state {
	struct rollback asked;		/* what the plan is for */
	struct feed_answer checkpoints; /* that there are to go back to */
	struct feed_answer answer;
	bool changed; /* it was void and made again */
	struct page page;
};

#define ACT_WHOLE_RUN UINT32_MAX
#define ACT_MARKED    (UINT32_MAX - 1) /* every marked node that it applies to */

/* An act on its way from the key to the engine. */
struct act {
	enum action action;
	uint32_t node; /* or ACT_WHOLE_RUN, ACT_MARKED */
	char verb[16]; /* as in the contract */
	char answer[16];
	char name[72]; /* of a checkpoint; "": one is made up */
};

enum dialog_kind {
	DIALOG_NONE,
	DIALOG_ARM,	/* allow acts: a reason */
	DIALOG_YES,	/* `y` does it */
	DIALOG_NAME,	/* typing the target's name does it */
	DIALOG_CHOICE,	/* named answers */
	DIALOG_LEVEL,	/* how much is rolled back */
	DIALOG_FORM,	/* values that an act takes along */
	DIALOG_PLAN,	/* a rollback: its plan, then the name */
	DIALOG_SEARCH,	/* a text to look for in the output */
	DIALOG_PALETTE, /* actions and nodes by name */
	DIALOG_START	/* a run that is to be confirmed */
};

struct dialog {
	enum dialog_kind kind;
	int64_t opened_us;
	struct act act;
	struct edit edit;
	char expected[160]; /* what must be typed */
	size_t chosen;	    /* of the palette */
	bool nodes_only;
	bool keeps; /* DIALOG_SEARCH: show only what matches */
};

/* Nodes marked for the next act. They are known by place, so a change of the graph ends them. */
struct marks {
	bool *set; /* one a node; owned */
	uint32_t capacity, count;
	uint64_t topology;
};

struct message {
	char text[400];
	enum role role; /* ROLE_error: a refusal */
	int64_t at_us;
};

struct arm {
	bool armed;
	int64_t used_us;
	char execution[32]; /* that it holds for */
	char reason[200];
	char last_reason[200];
};

/* Others who look at the same execution. */
struct people {
	struct person {
		char name[64];
		bool armed;
	} list[16];
	uint32_t count, more; /* more: not in the list */
};

struct feed;	   /* tui/feed.c: what is asked of the engine now */
struct start_plan; /* tui/start.c: a run being prepared */

struct app {
	struct client *client; /* NULL in tests of views */
	struct feed *feed;
	struct mirror mirror;
	char execution[160]; /* watched, as asked for; "" none */
	bool ascii, read_only;
	const char *host; /* where the engine is; NULL: on this machine */
	int64_t now_us;	  /* CLOCK_MONOTONIC */
	int64_t wall_us;
	int64_t lost_us; /* when the engine was missed; 0 while connected */
	bool was_connected;

	enum state told_state; /* of the execution: a message from before it is old */
	enum reason told_reason;
	uint64_t problem_version; /* the newest problem that was told of */
	uint32_t selected;	  /* node */
	char selected_id[64];
	const struct view_ops *const *views; /* by enum view_id */
	enum view_id stack[VIEW_DEPTH];
	int depth;	  /* of the stack; the last is in front */
	struct area body; /* of the view in front, as last drawn */

	struct list_state list;
	struct graph_state graph;
	struct tail tail;
	uint32_t tail_node;
	bool tail_moved; /* the tail was restarted: what is under way is for another */
	struct found_state found;
	struct diff_state diff;
	struct child report; /* hlp, while it writes one */
	struct artifacts_state artifacts;
	struct journal_state journal;
	struct timeline_state timeline;
	struct compare_state compare;
	struct workflows_state workflows;
	struct errand errand; /* to be run by the loop */
	struct attempts_state attempts;
	struct page why;
	struct runs_state runs;
	struct page help;
	struct plan_state plan;
	struct feed_answer pins; /* a PinList, for the confirmation that is open */
	struct start_plan *start;

	struct dialog dialog;
	struct message message;
	struct arm arm;
	uint64_t past;		   /* the event after which the run is shown; 0: now */
	int64_t past_us;	   /* when that was */
	struct feed_answer moment; /* the rows of then */
	struct people people;
	struct feed_answer engine; /* an EngineStatus, for the coach */
	unsigned coach_seen;	   /* COACH_SAW_… */
	struct form form;	   /* what an act takes along */
	struct marks marks;
	char started[8][32]; /* ids of executions started from here; the newest eight */
	uint32_t started_count;

	struct canvas canvas;
	struct term_cursor cursor;
	bool changed;	 /* the picture is out of date */
	bool urgent;	 /* somebody waits for it: not to be put together with what comes next */
	uint32_t prefix; /* a key that waits for the next one: z; 0 none */
	bool leave, suspend, redraw, beep;
	bool mouse;	      /* clicks and the wheel are taken; else they are the terminal's */
	bool quiet;	      /* a slow line: no clock, nothing that changes by itself */
	char *copy;	      /* for the clipboard, to be taken by the loop; owned; NULL none */
	char copy_file[4096]; /* where the same goes, for terminals without one; "" nowhere */
};

void app_resize(struct app *app, int width, int height);
void app_say(struct app *app, enum role role, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void app_show(struct app *app, enum view_id view); /* in front of what is there */
void app_home(struct app *app);			   /* the list, or the graph on a large screen */
void app_back(struct app *app);
enum view_id app_view(const struct app *app);
const struct mirror_node *app_node(const struct app *app); /* the selected one, or NULL */
void app_select(struct app *app, uint32_t node);
/* The mirror's graph or rows were replaced or changed. */
void app_mirror_changed(struct app *app);
void app_mark(struct app *app, uint32_t node, bool on);
bool app_is_marked(const struct app *app, uint32_t node);
void app_clear_marks(struct app *app);
/* The node of an act, or NULL when it is about more or fewer than one. */
const struct mirror_node *app_act_node(const struct app *app, const struct act *act);
bool app_is_armed(const struct app *app);
bool app_is_wide(const struct app *app); /* list or graph and inspector side by side */

void app_open_dialog(struct app *app, enum dialog_kind kind, const struct act *act);
void app_close_dialog(struct app *app);
/* Something in the picture changes with time alone. Where not, seconds are not worth a frame each.
 */
bool app_is_moving(const struct app *app);
/* A node, the run, or "3 nodes". */
void app_target(const struct app *app, const struct act *act, char *out, size_t size);
/* Copies a text, which it takes over: to the clipboard, and into a file beside the state. */
void app_copy(struct app *app, char *text);
void app_started_here(struct app *app, const char *id); /* such an execution is armed */

#endif
