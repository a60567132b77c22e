/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* No description makes a larger file, nor content of that size for one partition. */
#define SMITH_FIXTURE_TOTAL_MAX (G_GUINT64_CONSTANT (1) << 30)

/* All that is compressed into one file, so that a short description cannot keep
 * a machine busy for hours; above what a reader accepts, so that can be tested. */
#define SMITH_FIXTURE_CONTENT_MAX (G_GUINT64_CONSTANT (2) << 30)

typedef enum
{
  SMITH_FIXTURE_BIN,
  SMITH_FIXTURE_UPDATER,
  SMITH_FIXTURE_FOLDER,
  SMITH_FIXTURE_LOADER,
} SmithFixtureShape;

#define SMITH_FIXTURE_HEADER_SIZE 98
#define SMITH_FIXTURE_HEADER_MAGIC 0xA55AAA55u

/* What [firmware] says, and a partition may say differently. */
typedef struct
{
  guint8 product[8];
  guint8 date[16];
  guint8 time[16];
  guint8 version[32];
  guint64 header_version;
  guint64 block_size;
} SmithFixtureLabels;

/* One partition on its way into the file. */
typedef struct
{
  const char *group;
  guint32 id;
  SmithFixtureLabels labels;
  guint64 declared_size; /* this and the next three: G_MAXUINT64 where absent */
  guint64 declared_header_size;
  guint64 declared_block_size;
  guint64 break_block;
  gboolean break_header_crc;
} SmithFixturePart;

/* fixture-key.c: values of a description; every error names its group and key. */
void
smith_fixture_fail (GError **error, const char *group, const char *key, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
gboolean smith_fixture_check_groups (GKeyFile *keys, const char *const *allowed, GError **error);
gboolean smith_fixture_check_keys (GKeyFile *keys,
                                   const char *group,
                                   const char *const *required,
                                   const char *const *optional,
                                   GError **error);
gboolean smith_fixture_parse_number (const char *text, guint64 *value);
char *smith_fixture_get_string (GKeyFile *keys, const char *group, const char *key, GError **error);
gboolean smith_fixture_get_number (GKeyFile *keys,
                                   const char *group,
                                   const char *key,
                                   guint64 max,
                                   guint64 *value,
                                   GError **error);
gboolean smith_fixture_get_text (GKeyFile *keys,
                                 const char *group,
                                 const char *key,
                                 gsize size,
                                 guint8 *field,
                                 GError **error);
gboolean smith_fixture_get_flag (GKeyFile *keys,
                                 const char *group,
                                 const char *key,
                                 gboolean *value,
                                 GError **error);

/* fixture-content.c */
guint8 *smith_fixture_get_content (GKeyFile *keys,
                                   const char *group,
                                   guint64 max,
                                   gsize extra,
                                   gsize *size,
                                   GError **error);
void smith_fixture_fill_neutral (guint8 *data, gsize size, guint64 seed);

/* fixture-store.c */
GByteArray *smith_fixture_get_stored (GKeyFile *keys,
                                      const char *group,
                                      guint8 *data,
                                      gsize size,
                                      GError **error);

/* fixture-partition.c */
gboolean smith_fixture_read_labels (GKeyFile *keys,
                                    const char *group,
                                    SmithFixtureLabels *labels,
                                    GError **error);
gboolean smith_fixture_read_id (GKeyFile *keys, const char *group, guint32 *id, GError **error);
gboolean smith_fixture_read_part (GKeyFile *keys, SmithFixturePart *part, GError **error);
void smith_fixture_put_header (guint8 *p,
                               const SmithFixturePart *part,
                               guint32 stored,
                               guint32 n_blocks);
gboolean smith_fixture_append_part (GByteArray *file,
                                    const SmithFixturePart *part,
                                    const GByteArray *stored,
                                    GError **error);
void smith_fixture_append_padding (GByteArray *file, gsize base);

/* fixture-firmware.c */
GBytes *smith_fixture_make_firmware (GKeyFile *keys, gboolean updater, GError **error);
GHashTable *smith_fixture_make_folder (GKeyFile *keys, GError **error);

/* fixture-loader.c */
GBytes *smith_fixture_make_loader (GKeyFile *keys, GError **error);

G_END_DECLS
