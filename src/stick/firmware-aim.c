/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verdict-private.h"

/* Size of the signature under which the CD image of a web interface goes out. */
#define WEBUI_SIGNATURE 1110

/* The version of the first partition as a rule; where that says nothing, of the
 * first that does. */
void
smith_firmware_read_version (const SmithFirmware *firmware, SmithVersion *version)
{
  guint n = firmware->partitions != NULL ? firmware->partitions->len : 0;

  if (smith_version_parse (firmware->version, version))
    return;
  for (guint i = 0; i < n; i++)
    {
      SmithPartition *partition = g_ptr_array_index (firmware->partitions, i);

      if (smith_version_parse (partition->version, version))
        return;
    }
}

/* A CD image holds a stick's dashboard, or belongs to a HiLink stick's web
 * interface. Where nothing tells, it counts as the one that does harm on the
 * wrong kind. */
static SmithAim
aim_of_image (const SmithFirmware *firmware, SmithVersionFamily family)
{
  if (family == SMITH_VERSION_HILINK || family == SMITH_VERSION_WEBUI)
    return SMITH_AIM_HILINK;
  if (family == SMITH_VERSION_UNKNOWN && firmware->signature != NULL
      && firmware->signature->size == WEBUI_SIGNATURE)
    return SMITH_AIM_HILINK;
  return SMITH_AIM_STICK;
}

/**
 * smith_firmware_aim:
 * @firmware: parsed
 *
 * Tells what a file makes of a stick, by its version (21 is Stick firmware, 22
 * HiLink) and by what it holds: a web interface is part of HiLink firmware.
 * Of a file without the stick's own firmware it tells to which kind it
 * belongs. Any thread.
 *
 * Returns: SMITH_AIM_STICK, SMITH_AIM_HILINK, or SMITH_AIM_ANY where it is not
 *   known
 */
SmithAim
smith_firmware_aim (const SmithFirmware *firmware)
{
  SmithVersion version;

  if (firmware->chip == SMITH_CHIP_QUALCOMM)
    return SMITH_AIM_ANY;
  smith_firmware_read_version (firmware, &version);
  if (firmware->content & SMITH_CONTENT_FIRMWARE && version.family == SMITH_VERSION_STICK)
    return SMITH_AIM_STICK;
  if (version.family == SMITH_VERSION_HILINK || firmware->content & SMITH_CONTENT_WEBUI)
    return SMITH_AIM_HILINK;
  if (firmware->content == SMITH_CONTENT_ISO)
    return aim_of_image (firmware, version.family);
  return SMITH_AIM_ANY;
}
