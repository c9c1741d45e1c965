/* A meeting with real media: everybody's pipelines in one process, and everybody's media carried from
 * each to all others in memory.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * videotestsrc, vp8enc, rtpvp8pay, e2eeenc | e2eedec, rtpvp8depay, vp8dec, shieldoverlay, and the same
 * with Opus.  Nothing runs by itself: a step is 40 ms of the meeting's time, of the elements' and of
 * the media's, one picture and two sounds of everybody, so that results depend on no speed.
 *
 * In every step it is checked, whatever a test is about:
 * - nobody who has merged "on", and no host who has pressed it, lets a clear frame onto the wire;
 * - nobody who has merged "on" is shown or played anything that was not protected;
 * - every picture that is shown is one that its sender made, and what is heard is his pitch. */
#pragma once

#include "meeting-film.h"
#include "meeting-server.h"

G_BEGIN_DECLS

#define STAGE_STEP_MS FILM_PICTURE_MS
#define STAGE_SECOND (1000 / STAGE_STEP_MS)     /* in steps */

#define STAGE_SINK "fakesink async=false sync=false"

typedef struct _Stage Stage;
typedef struct _Actor Actor;

typedef enum
{
  VIDEO,
  AUDIO,
  N_KINDS
} Kind;

/* What somebody sends. */
typedef struct
{
  Actor *actor;
  Kind kind;
  GstPad *entry;
  GstElement *enc;              /* e2eeenc */
  guint n_made;                 /* pictures or sounds */
  GPtrArray *grids;             /* of every picture */
  GPtrArray *plain;             /* GBytes: the frames that came to e2eeenc in this step */
  GPtrArray *wire;              /* GstBufferList: the frames that left it in this step */
  guint n_clear, n_protected;   /* frames on the wire so far */
} Outlet;

/* What somebody receives of somebody. */
typedef struct
{
  Actor *actor, *from;
  Kind kind;
  GstPad *entry;
  GstElement *bin, *dec;        /* e2eedec */
  guint16 shift, shift_after;   /* what the server has added to sequence numbers */
  guint n_shown;                /* pictures or sounds that were like one that was sent */
  guint n_shown_while_off;      /* of these, in state off */
  guint last_number;
  guint last_shown_at;          /* the step */
  guint longest_gap;            /* in steps, since stage_watch_gaps() */
  GstE2eeState last_state;      /* of what was shown last */
} Inlet;

struct _Actor
{
  Stage *stage;
  guint number;
  Person *person;
  gchar *name;                  /* of the meeting in this process */
  GstElement *pipeline;
  GstClock *clock;
  Outlet out[N_KINDS];
  Inlet in[ROOM_MAX_PEOPLE][N_KINDS];
  gboolean has_pressed_on;
  GString *posted;              /* "shield Alice on", "gate recording closed on", "video-to-all unknown closed" */
};

/* Between the wire of @outlet and @inlet: returns what arrives in place of @list, or NULL for nothing.
 * (transfer full) both. */
typedef GstBufferList *(*StageTamper) (Stage * stage, Outlet * outlet, Inlet * inlet,
    GstBufferList * list);

/* For these: @frame goes to @inlet in front of @list, or comes to stand in the place of @list: under its
 * SSRC, with sequence numbers that fit, as servers make them.  (transfer full) @frame. */
void stage_squeeze_in (Inlet * inlet, GstBufferList * frame, GstBufferList * list);
GstBufferList *stage_in_place_of (Inlet * inlet, GstBufferList * frame, GstBufferList * list);

struct _Stage
{
  Room *room;
  Server *server;
  Actor actors[ROOM_MAX_PEOPLE];
  guint n;
  guint at;                     /* step */
  StageTamper tamper;
  gboolean is_quiet;            /* nobody sends: messages only, which is faster */
  gboolean may_be_garbled;      /* frames are changed on their way; what comes is not judged */
  gdouble worst_picture, worst_sound;
};

typedef struct
{
  const gchar *names;           /* as in room_new() */
  GstE2eeFloor policy;          /* of the ticket */
  gboolean is_on_from_the_start;        /* so the ticket says, though the policy is allow */
  /* What stands behind each decoder of the last of the people in place of "shieldoverlay ! fakesink", and
   * in place of "fakesink". */
  const gchar *video_tail, *audio_tail;
} StagePlan;

/* Nobody has joined; everybody's media runs. */
Stage *stage_new (const StagePlan * plan);
void stage_free (Stage * stage);

GstE2eeMeeting *stage_meeting (Stage * stage, guint who);

void stage_step (Stage * stage, guint steps);
/* Until @who is a member; fails after five seconds of meeting time. */
void stage_join (Stage * stage, guint who);
void stage_join_all (Stage * stage);
/* @who comes with another program: a token of @tier, on a device of his own or a new one, for the account
 * of @of.  He has not joined. */
void stage_reopen (Stage * stage, guint who, guint of, e2ee_tier tier, gboolean new_device);
/* The leaf of @who, as @by sees it; fails when he is not there. */
guint stage_leaf (Stage * stage, guint by, guint who);
/* How many members @by sees. */
guint stage_count (Stage * stage, guint by);
/* A host presses the button. */
void stage_press (Stage * stage, guint who, gboolean on);
/* He presses it and everybody has merged it within a second, then for @steps. */
void stage_turn (Stage * stage, gboolean on, guint steps);

/* From here on gaps are measured; how long the longest was, in milliseconds of media. */
void stage_watch_gaps (Stage * stage);
guint stage_longest_gap_ms (Stage * stage, Kind kind);
/* Every member sees and hears every other one: fails unless each inlet was shown something in the last
 * second. */
void stage_check_all_shown (Stage * stage);
gboolean stage_is_shown (Stage * stage, guint who, guint from, Kind kind);

guint64 stage_stat (GstElement * element, const gchar * name);
/* Whether @who was told @line by an element of his; clears with stage_forget(). */
gboolean stage_posted (Stage * stage, guint who, const gchar * line);
void stage_forget (Stage * stage);

/* A TAP diagnostic. */
void stage_say (const gchar * format, ...) G_GNUC_PRINTF (1, 2);

G_END_DECLS
