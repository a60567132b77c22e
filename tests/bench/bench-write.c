/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing through a pseudo-terminal to a stick that answers at once: how fast,
 * what the writer's thread costs, and how near to the limit of the
 * pseudo-terminal that is (the same frames, made beforehand, and no thought). */
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "format/bytes.h"
#include "format/crc.h"
#include "format/hdlc.h"
#include "link/deadline.h"
#include "link/download.h"
#include "measure.h"

#define SIZE (64u << 20)
#define BLOCK 4096
#define HEAD 7
#define N_BLOCKS (SIZE / BLOCK)

typedef struct
{
  int master;
  gboolean text; /* before AT^DATAMODE */
  guint flags;
  guint frames;
} Stick;

static void
say (Stick *stick, const void *data, gsize size)
{
  if (write (stick->master, data, size) < 0)
    _exit (0);
}

static void
say_frame (Stick *stick, const char *body, gsize size)
{
  guint8 frame[64];

  say (stick, frame, smith_hdlc_encode ((const guint8 *) body, size, frame));
}

/* Two flags make a frame. The first two are questions; the rest is just acknowledged. */
static void
hear_frames (Stick *stick, const guint8 *p, const guint8 *end)
{
  for (; (p = memchr (p, SMITH_HDLC_FLAG, (gsize) (end - p))) != NULL; p++)
    {
      if (++stick->flags % 2 != 0)
        continue;
      stick->frames++;
      if (stick->frames == 1)
        say_frame (stick,
                   "\x0d\x04"
                   "7200",
                   6);
      else if (stick->frames == 2)
        say_frame (stick, "\x45 BV7R11HS", 10);
      else
        say_frame (stick, "\x02", 1);
    }
}

static void
hear_text (Stick *stick, const guint8 *data, gsize size)
{
  if (memmem (data, size, "DLOADVER", 8) != NULL)
    say (stick, "\r\n2.0\r\n\r\nOK\r\n", 13);
  else if (memmem (data, size, "DATAMODE", 8) != NULL)
    {
      say (stick, "\r\nOK\r\n", 6);
      stick->text = FALSE;
    }
}

/* A process of its own, so that its work does not count. */
static void
be_stick (int master, int slave, gboolean text)
{
  static guint8 buffer[65536];
  Stick stick = { master, text, 0, text ? 0 : 2 };
  gssize n;

  while ((n = read (master, buffer, sizeof buffer)) > 0)
    {
      /* From the first byte on the writer holds its side open. */
      if (slave >= 0)
        close (slave);
      slave = -1;
      if (stick.text)
        hear_text (&stick, buffer, (gsize) n);
      else
        hear_frames (&stick, buffer, buffer + n);
    }
  _exit (0);
}

static pid_t
start_stick (char name[64], gboolean text)
{
  struct termios raw;
  int master;
  int slave;
  pid_t pid;

  cfmakeraw (&raw);
  raw.c_cflag |= CS8 | CREAD;
  if (openpty (&master, &slave, name, &raw, NULL) != 0)
    _exit (1);
  pid = fork ();
  if (pid == 0)
    be_stick (master, slave, text);
  close (master);
  close (slave);
  return pid;
}

static void
fill_block (guint8 *body, const guint8 *data, guint32 number)
{
  body[0] = 0x42;
  smith_put_u32_be (body + 1, number + 1);
  smith_put_u16_be (body + 5, BLOCK);
  memcpy (body + HEAD, data + (gsize) number * BLOCK, BLOCK);
}

/* As the program does it: a whole partition, from begin to end. */
static Cost
write_ours (const guint8 *data)
{
  static const SmithDownloadFuncs funcs = { NULL, NULL };
  char name[64];
  pid_t pid = start_stick (name, TRUE);
  SmithPort *port = smith_port_open (name, smith_deadline_in (1000), NULL, NULL, NULL, NULL);
  SmithDownload *download = smith_download_new (port);
  SmithExpander *expander = smith_expander_new (SMITH_COMPRESSION_NONE, data, SIZE);
  Cost before;
  Cost cost;
  gboolean ok = smith_download_enter (download, NULL, NULL, NULL);

  before = thread_cost ();
  ok = ok
       && smith_download_write_partition (download, 0x100000, SIZE, expander, &funcs, NULL, NULL,
                                          NULL);
  cost = cost_since (before);
  if (!ok)
    _exit (1);
  smith_expander_free (expander);
  smith_download_free (download);
  smith_port_close (port);
  waitpid (pid, NULL, 0);
  return cost;
}

/* The same bytes by bare blocking read and write. */
static Cost
write_bare (const guint8 *data)
{
  char name[64];
  pid_t pid = start_stick (name, FALSE);
  int fd = open (name, O_RDWR | O_NOCTTY);
  guint8 body[HEAD + BLOCK];
  guint8 frame[SMITH_HDLC_ENCODED_MAX (sizeof body)];
  guint8 answer[64];
  Cost total = { 0 };
  Cost before;

  for (guint32 i = 0; i < N_BLOCKS; i++)
    {
      gsize length;
      Cost cost;

      fill_block (body, data, i);
      length = smith_hdlc_encode (body, sizeof body, frame);
      before = thread_cost ();
      if (write (fd, frame, length) != (gssize) length || read (fd, answer, sizeof answer) <= 0)
        _exit (1);
      cost = cost_since (before);
      total.wall += cost.wall;
      total.user += cost.user;
      total.system += cost.system;
    }
  close (fd);
  waitpid (pid, NULL, 0);
  return total;
}

static double
time_framing (const guint8 *data, gboolean only_crc)
{
  guint8 body[HEAD + BLOCK];
  guint8 frame[SMITH_HDLC_ENCODED_MAX (sizeof body)];
  double start = seconds_now ();
  gsize sum = 0;

  for (guint32 i = 0; i < N_BLOCKS; i++)
    {
      fill_block (body, data, i);
      sum += only_crc ? smith_crc_x25 (body, sizeof body)
                      : smith_hdlc_encode (body, sizeof body, frame);
    }
  return sum > 0 ? seconds_now () - start : 0;
}

int
main (void)
{
  g_autofree guint8 *data = g_malloc (SIZE);
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  double mb = SIZE / 1e6;
  double crc;
  double framing;
  Cost ours;
  Cost bare;

  for (gsize i = 0; i < SIZE; i += 4)
    smith_put_u32_le (data + i, g_rand_int (rand));
  write_ours (data); /* once to warm up */
  ours = write_ours (data);
  bare = write_bare (data);
  crc = time_framing (data, TRUE);
  framing = time_framing (data, FALSE);

  printf ("%.0f MB in blocks of %d bytes, each answered at once\n", mb, BLOCK);
  printf ("as the program does it:     %6.1f MB/s\n", mb / ours.wall);
  printf ("bare read and write:        %6.1f MB/s  (ours takes %.2f x its time)\n", mb / bare.wall,
          ours.wall / bare.wall);
  printf ("the writer's processor time: %5.2f ms/MB, of it\n",
          (ours.user + ours.system) * 1000 / mb);
  printf ("  in the kernel             %5.2f ms/MB (%.0f %%)\n", ours.system * 1000 / mb,
          100 * ours.system / (ours.user + ours.system));
  printf ("  checksums                 %5.2f ms/MB (%.0f %%)\n", crc * 1000 / mb,
          100 * crc / (ours.user + ours.system));
  printf ("  framing without them      %5.2f ms/MB (%.0f %%)\n", (framing - crc) * 1000 / mb,
          100 * (framing - crc) / (ours.user + ours.system));
  return 0;
}
