/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firmware-private.h"

#include <glib/gi18n.h>

#include "bytes.h"
#include "crc.h"
#include "digest.h"
#include "error.h"

#define CHUNK (64 * 1024)
#define THREADS_MAX 4

/* What all LZMA dictionaries in use at a time may take together. */
#define MEMORY_BUDGET (SMITH_LZMA_DICTIONARY_MAX + (1u << 20))

typedef struct
{
  SmithFirmware *firmware;
  SmithVerifyFunc func;
  gpointer user_data;
  gint stopped;
  GMutex lock;
  GCond cond;
  guint64 done;
  guint64 total;
  guint64 expanded; /* of all compressed partitions so far */
  gsize memory;     /* of the budget in use */
} Work;

/* One thing to do: a partition, or with none the digest of the whole. */
typedef struct
{
  SmithPartition *partition;
  guint64 cost; /* for the order: the longest first */
  char *problem;
  SmithSignature *signature;
} Task;

static void
task_free (gpointer data)
{
  Task *task = data;

  g_free (task->problem);
  g_free (task->signature);
  g_free (task);
}

/* Counts @bytes as done; returns: FALSE once the work is to stop. */
static gboolean
advance (Work *work, guint64 bytes)
{
  guint64 done;

  g_mutex_lock (&work->lock);
  work->done += bytes;
  done = work->done;
  g_mutex_unlock (&work->lock);
  if (work->func != NULL && !work->func (done, work->total, work->user_data))
    g_atomic_int_set (&work->stopped, TRUE);
  return !g_atomic_int_get (&work->stopped);
}

static void
run_tasks (Work *work, GPtrArray *tasks, GFunc func)
{
  guint threads = MIN (MIN (g_get_num_processors (), THREADS_MAX), tasks->len);
  GThreadPool *pool = NULL;

  if (threads > 1)
    pool = g_thread_pool_new (func, work, (int) threads, TRUE, NULL);
  for (guint i = 0; i < tasks->len; i++)
    {
      if (pool == NULL || !g_thread_pool_push (pool, g_ptr_array_index (tasks, i), NULL))
        func (g_ptr_array_index (tasks, i), work);
    }
  if (pool != NULL)
    g_thread_pool_free (pool, FALSE, TRUE);
}

/**
 * smith_partition_check_sums:
 *
 * Checks the stored data against the file's checksums now, whatever an earlier
 * check said: the file may have changed since. Any thread.
 *
 * Returns: whether all of them are right; TRUE where the file has none (a folder)
 */
gboolean
smith_partition_check_sums (const SmithPartition *partition)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (partition->data, &size);
  gsize table_size;
  const guint8 *sums;
  SmithReader table;

  if (partition->checksums == NULL)
    return partition->block_size == 0;
  sums = g_bytes_get_data (partition->checksums, &table_size);
  table = smith_reader (sums, table_size);
  for (gsize pos = 0; pos < size; pos += partition->block_size)
    {
      gsize block = MIN (size - pos, partition->block_size);

      if (smith_crc_x25 (data + pos, block) != smith_read_u16_le (&table) || table.overrun)
        return FALSE;
    }
  return size > 0;
}

static void
sums_task (gpointer data, gpointer user_data)
{
  Task *task = data;
  Work *work = user_data;
  SmithPartition *partition = task->partition;

  if (!advance (work, 0))
    return;
  if (smith_partition_check_sums (partition))
    partition->data_ok = SMITH_CHECK_GOOD;
  else
    {
      partition->data_ok = SMITH_CHECK_BAD;
      task->problem = g_strdup_printf (
          _ ("Part %u (%s) is damaged: its checksum is wrong. Download the file again."),
          partition->index, partition->name);
    }
  advance (work, partition->stored);
}

static void
work_init (Work *work, SmithFirmware *firmware, SmithVerifyFunc func, gpointer user_data)
{
  *work = (Work){ .firmware = firmware, .func = func, .user_data = user_data };
  g_mutex_init (&work->lock);
  g_cond_init (&work->cond);
}

static void
work_clear (Work *work)
{
  g_cond_clear (&work->cond);
  g_mutex_clear (&work->lock);
}

static Task *
task_new (SmithPartition *partition, guint64 cost)
{
  Task *task = g_new0 (Task, 1);

  task->partition = partition;
  task->cost = cost;
  return task;
}

static gint
by_cost (gconstpointer a, gconstpointer b)
{
  const Task *x = *(Task *const *) a;
  const Task *y = *(Task *const *) b;

  return x->cost < y->cost ? 1 : x->cost > y->cost ? -1 : 0;
}

static gint
by_index (gconstpointer a, gconstpointer b)
{
  const Task *x = *(Task *const *) a;
  const Task *y = *(Task *const *) b;

  if (x->partition == NULL || y->partition == NULL)
    return (y->partition == NULL) - (x->partition == NULL);
  return x->partition->index < y->partition->index ? -1 : 1;
}

static void
collect (SmithFirmware *firmware, GPtrArray *tasks)
{
  g_ptr_array_sort (tasks, by_index);
  for (guint i = 0; i < tasks->len; i++)
    {
      Task *task = g_ptr_array_index (tasks, i);

      if (task->problem != NULL)
        g_ptr_array_add (firmware->problems, g_steal_pointer (&task->problem));
      if (task->signature != NULL && firmware->signature == NULL)
        firmware->signature = g_steal_pointer (&task->signature);
    }
}

/**
 * smith_firmware_check_sums:
 * @func: (nullable): progress; called from several threads
 *
 * The quick half of smith_firmware_verify(): the checksums of all partitions,
 * side by side. A second call does nothing. Any thread; blocks.
 *
 * Returns: FALSE if @func stopped it; what was found is in the firmware
 */
gboolean
smith_firmware_check_sums (SmithFirmware *firmware, SmithVerifyFunc func, gpointer user_data)
{
  g_autoptr (GPtrArray) tasks = g_ptr_array_new_with_free_func (task_free);
  Work work;

  work_init (&work, firmware, func, user_data);
  for (guint i = 0; i < firmware->partitions->len; i++)
    {
      SmithPartition *partition = g_ptr_array_index (firmware->partitions, i);

      if (partition->data_ok != SMITH_CHECK_PENDING)
        continue;
      g_ptr_array_add (tasks, task_new (partition, partition->stored));
      work.total += partition->stored;
    }
  g_ptr_array_sort (tasks, by_cost);
  run_tasks (&work, tasks, sums_task);
  collect (firmware, tasks);
  work_clear (&work);
  return !g_atomic_int_get (&work.stopped);
}

/* Returns: FALSE once the work is to stop */
static gboolean
digest_bytes (Work *work, SmithDigest *digest, GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  for (gsize pos = 0; pos < size; pos += CHUNK)
    {
      gsize n = MIN (CHUNK, size - pos);

      smith_digest_update (digest, data + pos, n);
      if (!advance (work, n))
        return FALSE;
    }
  return TRUE;
}

/* A folder is what is written from it: of each image in turn its id and size (u32
 * and u64, big-endian), then its bytes. */
static gboolean
digest_images (Work *work, SmithDigest *digest)
{
  for (guint i = 0; i < work->firmware->partitions->len; i++)
    {
      SmithPartition *partition = g_ptr_array_index (work->firmware->partitions, i);
      guint8 head[12];

      smith_put_u32_be (head, partition->id);
      smith_put_u32_be (head + 4, (guint32) ((guint64) partition->stored >> 32));
      smith_put_u32_be (head + 8, (guint32) partition->stored);
      smith_digest_update (digest, head, sizeof head);
      if (!digest_bytes (work, digest, partition->data))
        return FALSE;
    }
  return TRUE;
}

static void
digest_task (Task *task, Work *work)
{
  g_autoptr (SmithDigest) digest = smith_digest_new ();
  char hex[SMITH_SHA256_SIZE];

  if (work->firmware->file != NULL ? !digest_bytes (work, digest, work->firmware->file)
                                   : !digest_images (work, digest))
    return;
  smith_digest_finish (digest, hex);
  work->firmware->sha256 = g_strdup (hex);
}

/* Counts what was expanded; returns: FALSE beyond what a whole file may have. */
static gboolean
count_expanded (Work *work, gsize bytes)
{
  gboolean ok;

  g_mutex_lock (&work->lock);
  work->expanded += bytes;
  ok = work->expanded <= SMITH_FIRMWARE_EXPANDED_MAX;
  g_mutex_unlock (&work->lock);
  return ok;
}

/* Keeps the last SMITH_SIGNATURE_MAX bytes of all that came. */
static void
keep_tail (GByteArray *tail, const guint8 *data, gsize size)
{
  if (size > SMITH_SIGNATURE_MAX)
    {
      data += size - SMITH_SIGNATURE_MAX;
      size = SMITH_SIGNATURE_MAX;
    }
  if (tail->len + size > SMITH_SIGNATURE_MAX)
    g_byte_array_remove_range (tail, 0, (guint) (tail->len + size - SMITH_SIGNATURE_MAX));
  g_byte_array_append (tail, data, (guint) size);
}

static gboolean
expand (Task *task, Work *work, guint8 *buffer, GByteArray *tail, GError **error)
{
  SmithPartition *partition = task->partition;
  gsize size;
  const guint8 *data = g_bytes_get_data (partition->data, &size);
  g_autoptr (SmithExpander) expander = smith_expander_new (partition->compression, data, size);
  gssize n;

  while ((n = smith_expander_read (expander, buffer, CHUNK, error)) > 0)
    {
      if (!count_expanded (work, (gsize) n))
        {
          g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
                               _ ("the parts are larger than any stick can hold"));
          return FALSE;
        }
      if (partition->index < 2)
        keep_tail (tail, buffer, (gsize) n);
      if (!advance (work, 0))
        return FALSE;
    }
  partition->expanded = smith_expander_get_total (expander);
  return n == 0;
}

static void
take_memory (Work *work, gsize need)
{
  g_mutex_lock (&work->lock);
  while (work->memory > 0 && work->memory + need > MEMORY_BUDGET)
    g_cond_wait (&work->cond, &work->lock);
  work->memory += need;
  g_mutex_unlock (&work->lock);
}

static void
give_memory (Work *work, gsize need)
{
  g_mutex_lock (&work->lock);
  work->memory -= need;
  g_cond_broadcast (&work->cond);
  g_mutex_unlock (&work->lock);
}

static void
expand_partition (Task *task, Work *work)
{
  SmithPartition *partition = task->partition;
  g_autofree guint8 *buffer = g_malloc (CHUNK);
  g_autoptr (GByteArray) tail = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  if (expand (task, work, buffer, tail, &error) && partition->expanded > 0)
    {
      partition->expanded_known = TRUE;
      if (partition->index < 2)
        task->signature = smith_signature_find (tail->data, tail->len, work->firmware->content);
    }
  else if (!g_atomic_int_get (&work->stopped))
    {
      partition->data_ok = SMITH_CHECK_BAD;
      task->problem
          = g_strdup_printf (_ ("Part %u (%s) cannot be unpacked: %s"), partition->index,
                             partition->name,
                             error != NULL ? error->message : _ ("there is nothing in it"));
    }
}

static void
expand_task (gpointer data, gpointer user_data)
{
  Task *task = data;
  Work *work = user_data;
  gsize need;
  gsize size;
  const guint8 *stored;

  if (!advance (work, 0))
    return;
  if (task->partition == NULL)
    {
      digest_task (task, work);
      return;
    }
  stored = g_bytes_get_data (task->partition->data, &size);
  need = smith_compression_memory (task->partition->compression, stored, size);
  take_memory (work, need);
  expand_partition (task, work);
  give_memory (work, need);
  advance (work, size);
}

/* Roughly what a byte costs, so that the longest work begins first. */
static guint64
expand_cost (const SmithPartition *partition)
{
  return (guint64) partition->stored * (partition->compression == SMITH_COMPRESSION_LZMA ? 16 : 4);
}

static void
plan_expansion (Work *work, GPtrArray *tasks)
{
  SmithFirmware *firmware = work->firmware;

  for (guint i = 0; i < firmware->partitions->len; i++)
    {
      SmithPartition *partition = g_ptr_array_index (firmware->partitions, i);

      if (partition->expanded_known)
        work->expanded += partition->expanded;
      else if (partition->data_ok == SMITH_CHECK_GOOD)
        {
          g_ptr_array_add (tasks, task_new (partition, expand_cost (partition)));
          work->total += partition->stored;
        }
    }
  if (firmware->sha256 == NULL)
    {
      g_ptr_array_add (tasks, task_new (NULL, firmware->size));
      work->total += firmware->size;
    }
  g_ptr_array_sort (tasks, by_cost);
}

static void
judge_plain_sizes (SmithFirmware *firmware)
{
  guint64 total = 0;

  for (guint i = 0; i < firmware->partitions->len; i++)
    {
      SmithPartition *partition = g_ptr_array_index (firmware->partitions, i);

      total += partition->expanded;
      if (partition->compression == SMITH_COMPRESSION_NONE
          && partition->stored > SMITH_EXPANDED_MAX)
        smith_firmware_add_problem (firmware, _ ("Part %u (%s) is larger than any stick can hold"),
                                    partition->index, partition->name);
    }
  if (total > SMITH_FIRMWARE_EXPANDED_MAX)
    smith_firmware_add_problem (firmware, _ ("The parts are larger than any stick can hold"));
}

/* What can be said once everything is known, and is said once. */
static void
judge_whole (SmithFirmware *firmware)
{
  if (firmware->verified)
    return;
  firmware->verified = TRUE;
  judge_plain_sizes (firmware);
  smith_firmware_note_signature (firmware);
}

/**
 * smith_firmware_verify:
 * @func: (nullable): progress; called from several threads
 *
 * Every check that can be made on a file: checksums, then each compressed
 * partition expanded once (which also gives its size), the signature, and the
 * SHA-256 of the whole (of a folder: of all its images), side by side on up to four processors.
 * Memory: a dictionary or two within 25 MiB, and 64 KiB a thread. Any thread; blocks.
 *
 * Returns: FALSE if @func stopped it; what was found is in the firmware
 */
gboolean
smith_firmware_verify (SmithFirmware *firmware, SmithVerifyFunc func, gpointer user_data)
{
  g_autoptr (GPtrArray) tasks = g_ptr_array_new_with_free_func (task_free);
  Work work;
  gboolean finished;

  if (!smith_firmware_check_sums (firmware, func, user_data))
    return FALSE;
  work_init (&work, firmware, func, user_data);
  plan_expansion (&work, tasks);
  run_tasks (&work, tasks, expand_task);
  finished = !g_atomic_int_get (&work.stopped);
  if (finished)
    {
      collect (firmware, tasks);
      judge_whole (firmware);
    }
  work_clear (&work);
  return finished;
}
