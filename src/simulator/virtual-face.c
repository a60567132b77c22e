/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-simulator"

#include "virtual-stick-private.h"

#include <string.h>

#define QUALCOMM SMITH_FAMILY_QUALCOMM
#define BALONG SMITH_FAMILY_BALONG

/* The id in download mode after a loader, or from Stick firmware. */
#define DOWNLOAD_STICK 0x1c05
#define DOWNLOAD_QUALCOMM 0x1003

/* Ports that are there and answer nothing here: modem, diagnostics, shell. */
#define SILENT(number, port_role)                                                                  \
  {                                                                                                \
    .interface_number = (number), .role = SMITH_PORT_##port_role                                   \
  }
#define SERVED(number, port_role)                                                                  \
  {                                                                                                \
    .interface_number = (number), .role = SMITH_PORT_##port_role, .is_served = TRUE                \
  }

static const SmithFace boot_rom = {
  .mode = SMITH_MODE_BOOT_ROM,
  .product = 0x1443,
  .family = BALONG,
  .ports = { SERVED (0, BOOT) },
  .n_ports = 1,
  .talk = &smith_talk_boot_rom,
};

static const SmithFace hilink = {
  .mode = SMITH_MODE_HILINK,
  .product = 0x14dc,
  .has_web = TRUE,
};

static const SmithFace debug = {
  .mode = SMITH_MODE_DEBUG,
  .product = 0x1566,
  .family = BALONG,
  .ports = { SERVED (1, AT), SILENT (2, UNKNOWN), SILENT (3, UNKNOWN) },
  .n_ports = 3,
  .talk = &smith_talk_modem,
  .has_web = TRUE,
};

/* By model; all of them have the same working mode. */
static const SmithFace working[SMITH_N_MODELS] = {
  [SMITH_MODEL_E3372] = { .mode = SMITH_MODE_STICK,
                          .product = 0x1506,
                          .ports = { SERVED (0, AT), SILENT (1, MODEM) },
                          .n_ports = 2,
                          .talk = &smith_talk_modem },
  [SMITH_MODEL_E1550] = { .mode = SMITH_MODE_STICK,
                          .product = 0x1001,
                          .ports = { SILENT (0, MODEM), SILENT (1, DIAGNOSTICS), SERVED (2, AT) },
                          .n_ports = 3,
                          .talk = &smith_talk_modem },
  [SMITH_MODEL_E392] = { .mode = SMITH_MODE_STICK,
                         .product = 0x1506,
                         .ports = { SERVED (0, AT), SILENT (1, MODEM) },
                         .n_ports = 2,
                         .talk = &smith_talk_modem },
};

static const SmithFace virtual_cds[SMITH_N_MODELS] = {
  [SMITH_MODEL_E3372] = { .mode = SMITH_MODE_CD, .product = 0x14fe },
  [SMITH_MODEL_E1550] = { .mode = SMITH_MODE_CD, .product = 0x1446 },
  [SMITH_MODEL_E392] = { .mode = SMITH_MODE_CD, .product = 0x1505, .family = QUALCOMM },
};

static const SmithFace hilink_cd = {
  .mode = SMITH_MODE_CD,
  .product = 0x1f01,
};

/* By USB id. The first is for ids that are not here. */
static const SmithFace downloads[] = {
  { .mode = SMITH_MODE_DOWNLOAD,
    .product = DOWNLOAD_STICK,
    .unproven = TRUE,
    .ports = { SILENT (0, UNKNOWN), SERVED (2, DOWNLOAD) },
    .n_ports = 2,
    .talk = &smith_talk_download },
  { .mode = SMITH_MODE_DOWNLOAD,
    .product = SMITH_DOWNLOAD_HILINK,
    .family = BALONG,
    .ports = { SERVED (0, DOWNLOAD) },
    .n_ports = 1,
    .talk = &smith_talk_download },
  { .mode = SMITH_MODE_DOWNLOAD,
    .product = 0x1568,
    .family = BALONG,
    .ports = { SERVED (0, DOWNLOAD) },
    .n_ports = 1,
    .talk = &smith_talk_download },
  { .mode = SMITH_MODE_DOWNLOAD,
    .product = DOWNLOAD_QUALCOMM,
    .family = QUALCOMM,
    .unproven = TRUE,
    .ports = { SILENT (0, UNKNOWN), SERVED (1, DOWNLOAD) },
    .n_ports = 2,
    .talk = &smith_talk_download },
  { .mode = SMITH_MODE_DOWNLOAD,
    .product = 0x1001,
    .unproven = TRUE,
    .ports = { SILENT (0, UNKNOWN), SILENT (1, UNKNOWN), SERVED (2, DOWNLOAD) },
    .n_ports = 3,
    .talk = &smith_talk_download },
};

/**
 * smith_virtual_model_find:
 *
 * Returns: whose manners a stick with that hardware string has
 */
SmithVirtualModel
smith_virtual_model_find (SmithFamily family, const char *hardware)
{
  if (family != SMITH_FAMILY_QUALCOMM)
    return SMITH_MODEL_E3372;
  return strstr (hardware, "E392") != NULL ? SMITH_MODEL_E392 : SMITH_MODEL_E1550;
}

static const SmithFace *
find_download (SmithVirtualStick *stick)
{
  guint16 product = stick->shown_as_download;

  if (product == 0)
    product = stick->model == SMITH_MODEL_E3372 ? DOWNLOAD_STICK : DOWNLOAD_QUALCOMM;
  if (stick->download_product != 0)
    product = stick->download_product;
  for (gsize i = 0; i < G_N_ELEMENTS (downloads); i++)
    if (downloads[i].product == product)
      return &downloads[i];
  return &downloads[0];
}

/**
 * smith_virtual_stick_find_face:
 *
 * Returns: (nullable): what the stick is in @mode; NULL if it has no such mode
 */
const SmithFace *
smith_virtual_stick_find_face (SmithVirtualStick *stick, SmithMode mode)
{
  gboolean is_balong = stick->model == SMITH_MODEL_E3372;

  switch (mode)
    {
    case SMITH_MODE_CD:
      return is_balong && stick->is_hilink ? &hilink_cd : &virtual_cds[stick->model];
    case SMITH_MODE_STICK:
      return &working[stick->model];
    case SMITH_MODE_DOWNLOAD:
      return find_download (stick);
    case SMITH_MODE_HILINK:
      return is_balong ? &hilink : NULL;
    case SMITH_MODE_DEBUG:
      return is_balong ? &debug : NULL;
    case SMITH_MODE_BOOT_ROM:
      return is_balong ? &boot_rom : NULL;
    case SMITH_MODE_UNKNOWN:
    case SMITH_MODE_CHARGING:
    case SMITH_MODE_BEYOND:
    case SMITH_N_MODES:
    default:
      return NULL;
    }
}

/**
 * smith_virtual_stick_working_mode:
 *
 * Returns: what the firmware that is on it makes of the stick
 */
SmithMode
smith_virtual_stick_working_mode (SmithVirtualStick *stick)
{
  return stick->is_hilink ? SMITH_MODE_HILINK : SMITH_MODE_STICK;
}

/**
 * smith_virtual_stick_to_download:
 * @product: the USB id that this way leads to; 0 for the usual one
 *
 * Sends the stick to download mode.
 */
void
smith_virtual_stick_to_download (SmithVirtualStick *stick, guint16 product)
{
  stick->shown_as_download = product;
  smith_virtual_stick_depart (stick, SMITH_RESTART, SMITH_MODE_DOWNLOAD);
}
