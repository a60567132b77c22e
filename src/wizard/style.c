/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "style.h"

#include <string.h>

#define PORTAL_NAME "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define PORTAL_INTERFACE "org.freedesktop.portal.Settings"
#define APPEARANCE "org.freedesktop.appearance"
#define COLOR_SCHEME "color-scheme"
#define PREFER_DARK 1

static gboolean
is_high_contrast (const char *theme)
{
  return theme != NULL
         && (strstr (theme, "HighContrast") != NULL || g_str_has_suffix (theme, "-hc")
             || strstr (theme, "-hc-") != NULL);
}

static gboolean
is_dark (GtkSettings *settings, const char *theme)
{
  gboolean prefer_dark;

  g_object_get (settings, "gtk-application-prefer-dark-theme", &prefer_dark, NULL);
  return prefer_dark || (theme != NULL && g_str_has_suffix (theme, "-dark"));
}

/* Loads the colours that belong to the theme. */
static void
choose_colors (GtkSettings *settings, GParamSpec *pspec, GtkCssProvider *provider)
{
  g_autofree char *theme = NULL;
  const char *name;
  g_autofree char *path = NULL;

  g_object_get (settings, "gtk-theme-name", &theme, NULL);
  name = is_high_contrast (theme) ? "contrast" : is_dark (settings, theme) ? "dark" : "light";
  path = g_strdup_printf ("/io/github/sticksmith/Sticksmith/colors-%s.css", name);
  gtk_css_provider_load_from_resource (provider, path);
}

static void
add_provider (GdkDisplay *display, GtkCssProvider *provider)
{
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

/**
 * smith_style_load:
 *
 * Adds the style sheet, once for each display, in colours that follow the theme.
 */
void
smith_style_load (GdkDisplay *display)
{
  g_autoptr (GtkCssProvider) colors = gtk_css_provider_new ();
  g_autoptr (GtkCssProvider) style = gtk_css_provider_new ();
  GtkSettings *settings = gtk_settings_get_for_display (display);

  choose_colors (settings, NULL, colors);
  g_signal_connect_object (settings, "notify::gtk-application-prefer-dark-theme",
                           G_CALLBACK (choose_colors), colors, 0);
  g_signal_connect_object (settings, "notify::gtk-theme-name", G_CALLBACK (choose_colors), colors,
                           0);
  add_provider (display, colors);
  gtk_css_provider_load_from_resource (style, "/io/github/sticksmith/Sticksmith/style.css");
  add_provider (display, style);
}

/* The value comes in one variant or, from old portals, in two. */
static void
take_color_scheme (GVariant *value)
{
  g_autoptr (GVariant) inner = g_variant_ref (value);

  while (g_variant_is_of_type (inner, G_VARIANT_TYPE_VARIANT))
    {
      GVariant *next = g_variant_get_variant (inner);

      g_variant_unref (inner);
      inner = next;
    }
  if (g_variant_is_of_type (inner, G_VARIANT_TYPE_UINT32))
    g_object_set (gtk_settings_get_default (), "gtk-application-prefer-dark-theme",
                  g_variant_get_uint32 (inner) == PREFER_DARK, NULL);
}

static void
on_setting_changed (GDBusConnection *bus,
                    const char *sender,
                    const char *path,
                    const char *interface,
                    const char *signal,
                    GVariant *parameters,
                    gpointer user_data)
{
  const char *group;
  const char *key;
  g_autoptr (GVariant) value = NULL;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ssv)")))
    return;
  g_variant_get (parameters, "(&s&sv)", &group, &key, &value);
  if (g_str_equal (group, APPEARANCE) && g_str_equal (key, COLOR_SCHEME))
    take_color_scheme (value);
}

static void
on_setting_read (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) answer
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, NULL);
  g_autoptr (GVariant) value = NULL;

  if (answer == NULL) /* a desktop without a portal: light, then */
    return;
  g_variant_get (answer, "(v)", &value);
  take_color_scheme (value);
}

/**
 * smith_style_follow_desktop:
 *
 * Makes the windows dark when the desktop is. A newer GTK does that by itself.
 */
void
smith_style_follow_desktop (GtkApplication *application)
{
  GDBusConnection *bus = g_application_get_dbus_connection (G_APPLICATION (application));
  GObjectClass *settings = G_OBJECT_GET_CLASS (gtk_settings_get_default ());

  if (bus == NULL || g_object_class_find_property (settings, "gtk-interface-color-scheme") != NULL)
    return;
  g_dbus_connection_signal_subscribe (bus, PORTAL_NAME, PORTAL_INTERFACE, "SettingChanged",
                                      PORTAL_PATH, APPEARANCE, G_DBUS_SIGNAL_FLAGS_NONE,
                                      on_setting_changed, NULL, NULL);
  g_dbus_connection_call (bus, PORTAL_NAME, PORTAL_PATH, PORTAL_INTERFACE, "Read",
                          g_variant_new ("(ss)", APPEARANCE, COLOR_SCHEME), G_VARIANT_TYPE ("(v)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_setting_read, NULL);
}
