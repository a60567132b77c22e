/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "stick/catalogue.h"

/* A person's own catalogue over the one that is compiled in: whatever it says,
 * a model that is refused stays refused, and what is beyond stays beyond. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  int fd = memfd_create ("catalogue", MFD_CLOEXEC);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithCatalogue) catalogue = NULL;

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, data, size), ==, (gssize) size);
  catalogue = smith_catalogue_new (path, &error);
  close (fd);
  g_assert_true ((catalogue == NULL) == (error != NULL));
  if (catalogue == NULL)
    return 0;
  g_assert_cmpint (smith_catalogue_find_model (catalogue, "CL4E3372HM Ver.A")->trust, ==,
                   SMITH_TRUST_REFUSED);
  g_assert_cmpint (smith_catalogue_find_model (catalogue, "CL5E3372M")->trust, ==,
                   SMITH_TRUST_REFUSED);
  g_assert_cmpint (smith_catalogue_find_id (catalogue, 0x05c6, 0x9008)->mode, ==,
                   SMITH_MODE_BEYOND);
  smith_catalogue_find_model (catalogue, "CL2E3372HM");
  smith_catalogue_find_model_by_download_id (catalogue, "BV7R11HS");
  return 0;
}
