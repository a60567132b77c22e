/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define AT_OK "\r\nOK\r\n"
#define AT_ERROR "\r\nERROR\r\n"

/**
 * AtActor:
 *
 * A modem on a pseudo-terminal that answers AT commands as the test wants, from
 * a thread of its own, and keeps what it was sent.
 */
typedef struct _AtActor AtActor;

/* Returns: the whole answer, or NULL to say nothing. On the actor's thread. */
typedef const char *(*AtActorFunc) (AtActor *actor, const char *command, gpointer user_data);

AtActor *at_actor_new (AtActorFunc func, gpointer user_data);
void at_actor_free (AtActor *actor);
/* As if it were pulled out; on the actor's thread only. */
void at_actor_hang_up (AtActor *actor);
const char *at_actor_get_device (AtActor *actor);
guint at_actor_count (AtActor *actor, const char *command);
char *at_actor_list (AtActor *actor);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtActor, at_actor_free)

G_END_DECLS
