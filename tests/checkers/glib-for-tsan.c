/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tells ThreadSanitizer what GLib's own synchronisation means. GLib is not built
 * with the sanitizer: its mutexes are futexes, and what one thread hands to
 * another through a main context, a pool or the last reference is in no order
 * that the sanitizer could see. Preloaded, each of these functions does what
 * GLib's does, and says which accesses come before which. Nothing is said to be
 * ordered that GLib does not order, so that races of the program stay visible.
 */
#include <dlfcn.h>
#include <gio/gio.h>
#include <sanitizer/tsan_interface.h>

#define NEXT(name)                                                                                 \
  ({                                                                                               \
    static __typeof__ (name) *next;                                                                \
    __typeof__ (name) *found = __atomic_load_n (&next, __ATOMIC_RELAXED);                          \
    if (found == NULL)                                                                             \
      {                                                                                            \
        found = (__typeof__ (name) *) dlsym (RTLD_NEXT, #name);                                    \
        __atomic_store_n (&next, found, __ATOMIC_RELAXED);                                         \
      }                                                                                            \
    found;                                                                                         \
  })

static void
order (gpointer what)
{
  __tsan_acquire (what);
  __tsan_release (what);
}

/* Mutexes, conditions, once. */

void
g_mutex_lock (GMutex *mutex)
{
  NEXT (g_mutex_lock) (mutex);
  __tsan_acquire (mutex);
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  gboolean locked = NEXT (g_mutex_trylock) (mutex);

  if (locked)
    __tsan_acquire (mutex);
  return locked;
}

void
g_mutex_unlock (GMutex *mutex)
{
  __tsan_release (mutex);
  NEXT (g_mutex_unlock) (mutex);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  __tsan_release (mutex);
  NEXT (g_cond_wait) (cond, mutex);
  __tsan_acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  gboolean in_time;

  __tsan_release (mutex);
  in_time = NEXT (g_cond_wait_until) (cond, mutex, end_time);
  __tsan_acquire (mutex);
  return in_time;
}

#undef g_once_init_leave
void
g_once_init_leave (volatile void *location, gsize result)
{
  __tsan_release ((void *) location);
  NEXT (g_once_init_leave) (location, result);
}

typedef struct
{
  GThreadFunc func;
  gpointer data;
  GOnce *once;
} Once;

static gpointer
call_once (gpointer data)
{
  Once *once = data;
  gpointer result = once->func (once->data);

  __tsan_release (once->once);
  return result;
}

gpointer
g_once_impl (GOnce *once, GThreadFunc func, gpointer data)
{
  Once call = { .func = func, .data = data, .once = once };
  gpointer result = NEXT (g_once_impl) (once, call_once, &call);

  __tsan_acquire (once);
  return result;
}

/* References: what was done with a thing comes before its end. */

static __thread GDestroyNotify box_clear;

static void
clear_box (gpointer box)
{
  GDestroyNotify clear = box_clear;

  __tsan_acquire (box);
  if (clear != NULL)
    clear (box);
}

void
g_atomic_rc_box_release_full (gpointer box, GDestroyNotify clear)
{
  GDestroyNotify outer = box_clear;

  box_clear = clear;
  __tsan_release (box);
  NEXT (g_atomic_rc_box_release_full) (box, clear_box);
  box_clear = outer;
}

void
g_atomic_rc_box_release (gpointer box)
{
  g_atomic_rc_box_release_full (box, NULL);
}

void
g_object_unref (gpointer object)
{
  order (object);
  NEXT (g_object_unref) (object);
}

/* Main contexts: what was done before a source was attached comes before its
 * callback, which comes before the end of the callback's data. */

typedef struct
{
  int references;
  gpointer func; /* of no type that is known here */
  gpointer data;
  GDestroyNotify notify;
} Callback;

static void
callback_ref (gpointer data)
{
  Callback *callback = data;

  __atomic_fetch_add (&callback->references, 1, __ATOMIC_RELAXED);
}

static void
callback_unref (gpointer data)
{
  Callback *callback = data;

  __tsan_release (callback);
  if (__atomic_sub_fetch (&callback->references, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  __tsan_acquire (callback);
  if (callback->notify != NULL)
    callback->notify (callback->data);
  g_free (callback);
}

static void
callback_get (gpointer data, GSource *source, GSourceFunc *func, gpointer *func_data)
{
  Callback *callback = data;

  __tsan_acquire (source);
  *func = (GSourceFunc) callback->func;
  *func_data = callback->data;
}

static GSourceCallbackFuncs callback_funcs = {
  .ref = callback_ref,
  .unref = callback_unref,
  .get = callback_get,
};

void
g_source_set_callback (GSource *source, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  Callback *callback = g_new0 (Callback, 1);

  callback->references = 1;
  callback->func = (gpointer) func;
  callback->data = data;
  callback->notify = notify;
  __tsan_release (source);
  g_source_set_callback_indirect (source, callback, &callback_funcs);
}

guint
g_source_attach (GSource *source, GMainContext *context)
{
  __tsan_release (source);
  return NEXT (g_source_attach) (source, context);
}

/* Pools of threads, and GTask's, which is one of them. */

typedef struct
{
  GFunc func;
  gpointer data;
} Pool;

static void
work_in_pool (gpointer task, gpointer data)
{
  Pool *pool = data;

  __tsan_acquire (task);
  pool->func (task, pool->data);
  __tsan_release (pool);
}

GThreadPool *
g_thread_pool_new (GFunc func, gpointer data, gint most, gboolean exclusive, GError **error)
{
  Pool *pool = g_new0 (Pool, 1);

  pool->func = func;
  pool->data = data;
  __tsan_release (pool);
  return NEXT (g_thread_pool_new) (work_in_pool, pool, most, exclusive, error);
}

gboolean
g_thread_pool_push (GThreadPool *pool, gpointer task, GError **error)
{
  __tsan_release (task);
  __tsan_release (pool->user_data);
  return NEXT (g_thread_pool_push) (pool, task, error);
}

void
g_thread_pool_free (GThreadPool *pool, gboolean immediate, gboolean wait)
{
  Pool *shared = pool->user_data;

  NEXT (g_thread_pool_free) (pool, immediate, wait);
  /* Not freed: without waiting, threads still hold it. */
  if (wait)
    __tsan_acquire (shared);
}

/* Cancelling: who connected comes before what is called, which comes before the
 * return of who disconnects. */

typedef struct
{
  GCancellable *cancellable;
  GCallback func;
  gpointer data;
  GDestroyNotify notify;
} Connection;

static void
on_cancelled (GCancellable *cancellable, gpointer data)
{
  Connection *connection = data;

  __tsan_acquire (connection);
  ((void (*) (GCancellable *, gpointer)) connection->func) (cancellable, connection->data);
  __tsan_release (cancellable);
}

static void
connection_free (gpointer data)
{
  Connection *connection = data;

  __tsan_acquire (connection->cancellable);
  if (connection->notify != NULL)
    connection->notify (connection->data);
  g_free (connection);
}

gulong
g_cancellable_connect (GCancellable *cancellable,
                       GCallback func,
                       gpointer data,
                       GDestroyNotify notify)
{
  Connection *connection = g_new0 (Connection, 1);

  connection->cancellable = cancellable;
  connection->func = func;
  connection->data = data;
  connection->notify = notify;
  __tsan_release (connection);
  return NEXT (g_cancellable_connect) (cancellable, G_CALLBACK (on_cancelled), connection,
                                       connection_free);
}

void
g_cancellable_disconnect (GCancellable *cancellable, gulong handler)
{
  NEXT (g_cancellable_disconnect) (cancellable, handler);
  if (cancellable != NULL)
    __tsan_acquire (cancellable);
}

void
g_cancellable_cancel (GCancellable *cancellable)
{
  if (cancellable != NULL)
    __tsan_release (cancellable);
  NEXT (g_cancellable_cancel) (cancellable);
}

gboolean
g_cancellable_is_cancelled (GCancellable *cancellable)
{
  gboolean cancelled = NEXT (g_cancellable_is_cancelled) (cancellable);

  if (cancelled)
    __tsan_acquire (cancellable);
  return cancelled;
}
