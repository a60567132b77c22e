/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web-server.h"

SmithHilinkServer *
web_server_start (const SmithHilinkServerConfig *config)
{
  g_autoptr (GError) error = NULL;
  SmithHilinkServer *server = smith_hilink_server_new (config, &error);

  g_assert_no_error (error);
  return server;
}
