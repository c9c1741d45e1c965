/* The time line of each gate, and how the others read it (gategroup.h).
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * Lock order: the registry's lock guards the list of groups and is never held with a group's lock
 * but in join and leave; a group's lock guards everything of its members. */
#include "elements/gategroup.h"

/* What lies further back than this is of no use to a gate that still has a say in it. */
#define MEMORY (30 * GST_SECOND)
#define MAX_WORDS 256

typedef struct
{
  GstClockTime from;
  E2eeGateWord word;
  gboolean waiting;             /* may pass, and is not open before its key frame has come */
} Entry;

typedef struct
{
  gconstpointer pipeline;
  gconstpointer meeting;
  GMutex lock;
  GPtrArray *members;
} Group;

struct _E2eeGateMember
{
  Group *group;
  guint feature;
  GArray *line;                 /* of Entry, by time */
  GstClockTime position;
  gboolean ended;
};

static GMutex registry_lock;
static GList *registry;         /* of Group */

E2eeGateMember *
e2ee_gate_group_join (gconstpointer pipeline, gconstpointer meeting, guint feature)
{
  E2eeGateMember *member = g_new0 (E2eeGateMember, 1);
  Group *group = NULL;

  member->feature = feature;
  member->line = g_array_new (FALSE, FALSE, sizeof (Entry));
  member->position = GST_CLOCK_TIME_NONE;

  g_mutex_lock (&registry_lock);
  for (GList * l = registry; l != NULL && group == NULL; l = l->next) {
    Group *candidate = l->data;

    if (candidate->pipeline == pipeline && candidate->meeting == meeting)
      group = candidate;
  }
  if (group == NULL) {
    group = g_new0 (Group, 1);
    group->pipeline = pipeline;
    group->meeting = meeting;
    g_mutex_init (&group->lock);
    group->members = g_ptr_array_new ();
    registry = g_list_prepend (registry, group);
  }
  member->group = group;
  g_mutex_lock (&group->lock);
  g_ptr_array_add (group->members, member);
  g_mutex_unlock (&group->lock);
  g_mutex_unlock (&registry_lock);
  return member;
}

void
e2ee_gate_group_leave (E2eeGateMember * member)
{
  Group *group;
  gboolean is_empty;

  if (member == NULL)
    return;
  group = member->group;

  g_mutex_lock (&registry_lock);
  g_mutex_lock (&group->lock);
  g_ptr_array_remove (group->members, member);
  is_empty = group->members->len == 0;
  g_mutex_unlock (&group->lock);
  if (is_empty) {
    registry = g_list_remove (registry, group);
    g_ptr_array_unref (group->members);
    g_mutex_clear (&group->lock);
    g_free (group);
  }
  g_mutex_unlock (&registry_lock);

  g_array_unref (member->line);
  g_free (member);
}

void
e2ee_gate_group_forget (E2eeGateMember * member)
{
  g_mutex_lock (&member->group->lock);
  g_array_set_size (member->line, 0);
  member->position = GST_CLOCK_TIME_NONE;
  member->ended = FALSE;
  g_mutex_unlock (&member->group->lock);
}

void
e2ee_gate_group_end (E2eeGateMember * member)
{
  g_mutex_lock (&member->group->lock);
  member->ended = TRUE;
  g_mutex_unlock (&member->group->lock);
}

/* Must be called with the group's lock held. */
static void
move_on (E2eeGateMember * member, GstClockTime running_time)
{
  if (!GST_CLOCK_TIME_IS_VALID (member->position) || running_time > member->position)
    member->position = running_time;
}

void
e2ee_gate_group_advance (E2eeGateMember * member, GstClockTime running_time)
{
  if (!GST_CLOCK_TIME_IS_VALID (running_time))
    return;
  g_mutex_lock (&member->group->lock);
  move_on (member, running_time);
  g_mutex_unlock (&member->group->lock);
}

/* Must be called with the group's lock held. */
static void
write_down (E2eeGateMember * member, GstClockTime running_time, const E2eeGateWord * word,
    gboolean waiting)
{
  Entry entry = { running_time, *word, waiting };

  member->ended = FALSE;
  move_on (member, running_time);
  if (member->line->len > 0) {
    Entry *last = &g_array_index (member->line, Entry, member->line->len - 1);

    if (last->word.state == word->state && last->word.epoch == word->epoch
        && last->word.broken == word->broken && last->waiting == waiting)
      return;
    /* Reordered pictures: time goes on. */
    entry.from = MAX (entry.from, last->from);
  }
  g_array_append_val (member->line, entry);

  /* The second entry ends the first. */
  while (member->line->len > MAX_WORDS || (member->line->len > 1
          && g_array_index (member->line, Entry, 1).from + MEMORY < member->position))
    g_array_remove_index (member->line, 0);
}

/* What @member said at @running_time; NULL when it has no say.  Must be called with the group's
 * lock held. */
static const Entry *
look_up (E2eeGateMember * member, GstClockTime running_time)
{
  const Entry *entry = NULL;
  guint i = member->line->len;

  while (i > 0 && entry == NULL) {
    const Entry *candidate = &g_array_index (member->line, Entry, --i);

    if (candidate->from <= running_time)
      entry = candidate;
  }
  /* Its last word holds as long as it goes on speaking. */
  if (entry != NULL && i + 1 == member->line->len && running_time > member->position
      && (member->ended || running_time - member->position > E2EE_GATE_GROUP_SILENCE))
    return NULL;
  return entry;
}

E2eeGateAnswer
e2ee_gate_group_ask (E2eeGateMember * member, GstClockTime running_time, const E2eeGateWord * word,
    gboolean passes, gboolean is_open, gboolean anywhere, gboolean entry, E2eeGateRule rule,
    gpointer user_data)
{
  Group *group = member->group;
  E2eeGateAnswer answer = E2EE_GATE_GROUP_GO;

  if (!GST_CLOCK_TIME_IS_VALID (running_time))
    return passes && !is_open && !entry ? E2EE_GATE_GROUP_ENTRY : E2EE_GATE_GROUP_GO;

  g_mutex_lock (&group->lock);
  for (guint i = 0; passes && i < group->members->len && answer == E2EE_GATE_GROUP_GO; i++) {
    E2eeGateMember *other = g_ptr_array_index (group->members, i);
    const Entry *said = other != member ? look_up (other, running_time) : NULL;

    if (said == NULL)
      continue;
    if (said->word.broken || !rule (user_data, &said->word))
      answer = E2EE_GATE_GROUP_TOGETHER;
    else if (said->waiting && !is_open && anywhere && other->feature == member->feature
        && running_time - said->from <= E2EE_GATE_GROUP_PATIENCE)
      answer = E2EE_GATE_GROUP_TOGETHER;
  }
  if (answer == E2EE_GATE_GROUP_GO && passes && !is_open && !entry)
    answer = E2EE_GATE_GROUP_ENTRY;

  /* A picture that must wait for the others misses its key frame, and waits for the next. */
  write_down (member, running_time, word, passes && !anywhere
      && (answer != E2EE_GATE_GROUP_GO));
  g_mutex_unlock (&group->lock);
  return answer;
}
