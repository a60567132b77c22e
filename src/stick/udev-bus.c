/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-stick"

#include "udev-bus.h"

#include <gudev/gudev.h>
#include <sys/sysmacros.h>

#include "link/deadline.h"
#include "soon.h"
#include "udev-scan.h"
#include "udev-sysfs.h"
#include "udev-watch.h"

/* How long to collect what belongs together before looking. */
#define SOON_MS 25

/* What is new is looked at again that often, and for that long: its network
 * card, its ports and their permissions may come without a word. */
#define LATER_MS 300
#define YOUNG_MS 8000

/* By then a driver that is going to come has come. */
#define DRIVER_MS 5000

/* All ports of a stick are served by this one. */
#define DRIVER "option"

/* What has to be remembered of a stick between two looks. */
typedef struct
{
  guint16 vendor;
  guint16 product;
  guint device_number;
  guint64 seen;
  gint64 driver_due;  /* deadline */
  gint64 young_until; /* deadline */
  guint round;        /* the look that saw it last */
} Memory;

struct _SmithUdevBus
{
  SmithBus parent_instance;

  char *root;
  GMainContext *context; /* in which events arrive */
  GUdevClient *client;
  SmithUdevWatch *watch;
  SmithSoon *soon;
  SmithSoon *later;

  GMutex lock;          /* for all below, and so that pictures cannot overtake each other */
  GHashTable *memories; /* usb_path → Memory */
  GPtrArray *picture;   /* SmithStick: what was published last */
  guint64 appearances;
  guint round;
  char *web_address; /* of every HiLink stick, or NULL to have it found out */
};

G_DEFINE_TYPE (SmithUdevBus, smith_udev_bus, SMITH_TYPE_BUS)

enum
{
  LOOK,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gboolean
is_same_port (const SmithStickPort *a, const SmithStickPort *b)
{
  return g_str_equal (a->device, b->device) && a->interface_number == b->interface_number
         && a->role == b->role && !a->denied == !b->denied;
}

static gboolean
has_same_ports (const SmithStick *a, const SmithStick *b)
{
  if (a->ports->len != b->ports->len)
    return FALSE;
  for (guint i = 0; i < a->ports->len; i++)
    if (!is_same_port (g_ptr_array_index (a->ports, i), g_ptr_array_index (b->ports, i)))
      return FALSE;
  return TRUE;
}

static gboolean
is_same_stick (const SmithStick *a, const SmithStick *b)
{
  return a->seen == b->seen && g_str_equal (a->usb_path, b->usb_path) && a->vendor == b->vendor
         && a->product == b->product && a->mode == b->mode && a->family == b->family
         && a->note == b->note && a->unproven == b->unproven && a->behind_hub == b->behind_hub
         && g_strcmp0 (a->device_path, b->device_path) == 0
         && g_strcmp0 (a->network, b->network) == 0
         && g_strcmp0 (a->web_address, b->web_address) == 0
         && g_strcmp0 (a->cd_drive, b->cd_drive) == 0
         && g_strcmp0 (a->missing_driver, b->missing_driver) == 0 && has_same_ports (a, b);
}

static gboolean
is_same_picture (const GPtrArray *a, const GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (!is_same_stick (g_ptr_array_index (a, i), g_ptr_array_index (b, i)))
      return FALSE;
  return TRUE;
}

/* What is remembered of the stick; another device, or another face, at the same
 * place is a new appearance even if nobody saw the old one go. */
static Memory *
remember (SmithUdevBus *bus, const SmithUdevStick *found)
{
  const SmithStick *stick = found->stick;
  Memory *memory = g_hash_table_lookup (bus->memories, stick->usb_path);

  if (memory == NULL)
    {
      memory = g_new0 (Memory, 1);
      g_hash_table_insert (bus->memories, g_strdup (stick->usb_path), memory);
    }
  if (memory->seen == 0 || memory->vendor != stick->vendor || memory->product != stick->product
      || memory->device_number != found->device_number)
    {
      memory->vendor = stick->vendor;
      memory->product = stick->product;
      memory->device_number = found->device_number;
      memory->seen = ++bus->appearances;
      memory->driver_due = smith_deadline_in (DRIVER_MS);
      memory->young_until = smith_deadline_in (YOUNG_MS);
    }
  memory->round = bus->round;
  return memory;
}

static gboolean
is_forgotten (gpointer key, gpointer value, gpointer user_data)
{
  return ((Memory *) value)->round != ((SmithUdevBus *) user_data)->round;
}

static gboolean
has_web_server (const SmithStick *stick)
{
  return stick->mode == SMITH_MODE_HILINK || stick->mode == SMITH_MODE_DEBUG;
}

/* Turns what was found into sticks. Returns: whether any of them is young */
static gboolean
fill_in (SmithUdevBus *bus, const GPtrArray *found, GPtrArray *picture)
{
  gboolean any_young = FALSE;

  bus->round++;
  for (guint i = 0; i < found->len; i++)
    {
      SmithUdevStick *one = g_ptr_array_index (found, i);
      Memory *memory = remember (bus, one);

      one->stick->seen = memory->seen;
      if (has_web_server (one->stick))
        one->stick->web_address = g_strdup (bus->web_address);
      if (one->lacks_driver && smith_deadline_passed (memory->driver_due))
        one->stick->missing_driver = g_strdup (DRIVER);
      any_young = any_young || !smith_deadline_passed (memory->young_until);
      g_ptr_array_add (picture, smith_stick_ref (one->stick));
    }
  g_hash_table_foreach_remove (bus->memories, is_forgotten, bus);
  return any_young;
}

static void
publish_locked (SmithUdevBus *bus, GPtrArray *picture)
{
  if (picture->len == 0)
    g_info ("No stick");
  for (guint i = 0; i < picture->len; i++)
    {
      SmithStick *stick = g_ptr_array_index (picture, i);

      g_info ("%s: %04x:%04x, %s, %u ports", stick->usb_path, stick->vendor, stick->product,
              smith_mode_name (stick->mode), stick->ports->len);
    }
  g_ptr_array_unref (bus->picture);
  bus->picture = g_ptr_array_ref (picture);
  smith_bus_publish (SMITH_BUS (bus), picture);
}

/* Any thread. */
static void
look (SmithUdevBus *bus)
{
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GPtrArray) picture
      = g_ptr_array_new_with_free_func ((GDestroyNotify) smith_stick_unref);
  gboolean unsettled;
  gboolean any_young;

  g_mutex_lock (&bus->lock);
  found = smith_udev_scan (bus->root, smith_catalogue_get_default (), &unsettled);
  any_young = fill_in (bus, found, picture);
  if (!is_same_picture (picture, bus->picture))
    publish_locked (bus, g_steal_pointer (&picture));
  g_mutex_unlock (&bus->lock);
  if (any_young)
    smith_soon_request (unsettled ? bus->soon : bus->later);
}

static void
smith_udev_bus_look (SmithUdevBus *bus)
{
  look (bus);
}

static void
smith_udev_bus_rescan (SmithBus *bus)
{
  look (SMITH_UDEV_BUS (bus));
}

/* By number, which unlike a name is what was really opened. A hub has its sticks
 * below itself, so that of the stick only its own interfaces count. */
static gboolean
smith_udev_bus_owns_port (SmithBus *base, SmithStick *stick, const char *device, guint64 number)
{
  SmithUdevBus *bus = SMITH_UDEV_BUS (base);
  g_autofree char *id = g_strdup_printf ("%u:%u", major ((dev_t) number), minor ((dev_t) number));
  g_autofree char *link = g_build_filename (bus->root, "sys/dev/char", id, NULL);
  g_autofree char *path = smith_sysfs_resolve (link);
  g_autofree char *folder = path != NULL ? g_build_filename (bus->root, "sys", path, NULL) : NULL;
  g_autofree char *interfaces = g_strconcat (stick->device_path, "/", stick->usb_path, ":", NULL);
  g_autofree char *name = g_path_get_basename (device);
  g_autofree char *made = path != NULL ? g_path_get_basename (path) : NULL;

  return folder != NULL && g_str_has_prefix (folder, interfaces) && g_str_equal (made, name);
}

static void
on_uevent (GUdevClient *client, const char *action, GUdevDevice *device, SmithSoon *soon)
{
  smith_soon_request (soon);
}

static void
soon_closure_unref (gpointer data, GClosure *closure)
{
  smith_soon_unref (data);
}

static GUdevClient *
subscribe (SmithSoon *soon)
{
  static const char *const subsystems[] = { "usb", "tty", "net", "block", NULL };
  GUdevClient *client = g_udev_client_new (subsystems);

  g_signal_connect_data (client, "uevent", G_CALLBACK (on_uevent), smith_soon_ref (soon),
                         soon_closure_unref, 0);
  return client;
}

static gboolean
unref_client (gpointer data)
{
  return G_SOURCE_REMOVE;
}

static void
smith_udev_bus_finalize (GObject *object)
{
  SmithUdevBus *bus = SMITH_UDEV_BUS (object);

  g_clear_pointer (&bus->watch, smith_udev_watch_free);
  /* It may be at work there when the last reference to the bus is given up here. */
  if (bus->client != NULL)
    g_main_context_invoke_full (bus->context, G_PRIORITY_DEFAULT, unref_client,
                                g_steal_pointer (&bus->client), g_object_unref);
  smith_soon_free (bus->soon);
  smith_soon_free (bus->later);
  g_main_context_unref (bus->context);
  g_ptr_array_unref (bus->picture);
  g_hash_table_unref (bus->memories);
  g_mutex_clear (&bus->lock);
  g_free (bus->web_address);
  g_free (bus->root);
  G_OBJECT_CLASS (smith_udev_bus_parent_class)->finalize (object);
}

static void
smith_udev_bus_class_init (SmithUdevBusClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = smith_udev_bus_finalize;
  SMITH_BUS_CLASS (klass)->rescan = smith_udev_bus_rescan;
  SMITH_BUS_CLASS (klass)->owns_port = smith_udev_bus_owns_port;
  /* Only for itself: what SmithSoon emits. */
  signals[LOOK] = g_signal_new_class_handler ("look", SMITH_TYPE_UDEV_BUS, G_SIGNAL_RUN_LAST,
                                              G_CALLBACK (smith_udev_bus_look), NULL, NULL, NULL,
                                              G_TYPE_NONE, 0);
}

static void
smith_udev_bus_init (SmithUdevBus *bus)
{
  g_mutex_init (&bus->lock);
  bus->context = g_main_context_ref_thread_default ();
  bus->memories = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  bus->picture = g_ptr_array_new_with_free_func ((GDestroyNotify) smith_stick_unref);
  bus->soon = smith_soon_new (bus, signals[LOOK], SOON_MS);
  bus->later = smith_soon_new (bus, signals[LOOK], LATER_MS);
}

/**
 * smith_udev_bus_new_at:
 * @root: (type filename): "/", or a folder in which a test keeps its own sys and dev
 *
 * Returns: (transfer full): the bus of that folder
 */
SmithUdevBus *
smith_udev_bus_new_at (const char *root)
{
  SmithUdevBus *bus = g_object_new (SMITH_TYPE_UDEV_BUS, NULL);

  bus->root = g_strdup (root);
  /* Listen first, so that nothing can come between looking and listening. */
  bus->client = subscribe (bus->soon);
  bus->watch = smith_udev_watch_new (root, bus->soon);
  look (bus);
  return bus;
}

/**
 * smith_udev_bus_new:
 *
 * To be made on the main thread, whose main context takes the events. What is
 * plugged in already is there when this returns.
 *
 * Returns: (transfer full): the computer's own bus
 */
SmithUdevBus *
smith_udev_bus_new (void)
{
  return smith_udev_bus_new_at ("/");
}

/**
 * smith_udev_bus_set_web_address:
 * @address: (nullable): host[:port]
 *
 * For tests: says where the web server of every HiLink stick is, which else is
 * found out by who asks it. Any thread.
 */
void
smith_udev_bus_set_web_address (SmithUdevBus *bus, const char *address)
{
  g_return_if_fail (SMITH_IS_UDEV_BUS (bus));

  g_mutex_lock (&bus->lock);
  g_free (bus->web_address);
  bus->web_address = g_strdup (address);
  g_mutex_unlock (&bus->lock);
  look (bus);
}
