# SPDX-License-Identifier: GPL-3.0-or-later
"""A program as a screen reader meets it: only roles, names, states and actions."""
import os
import re
import subprocess
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

LAUNCHERS = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher",
             "/usr/lib/at-spi-bus-launcher")
PATIENCE = 30  # seconds
C_TYPE = re.compile(r"^(Gtk|Smith)[A-Z]")


def find_launcher():
    return next((path for path in LAUNCHERS if os.access(path, os.X_OK)), None)


def spin(seconds):
    """Lets what the program tells come in."""
    context = GLib.MainContext.default()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        while context.iteration(False):
            pass
        time.sleep(0.01)


def wait_for(func, what, patience=PATIENCE):
    """The first true answer of func. An object may vanish while it is looked at."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            answer = func()
        except GLib.Error:
            answer = None
        if answer:
            return answer
        spin(0.03)
    raise AssertionError("It did not come to this: " + what)


def start_bus():
    """The accessibility bus of the session, which its own starter may not start."""
    process = subprocess.Popen([find_launcher(), "--launch-immediately"])
    session = GLib.Variant("(s)", ("org.a11y.Bus",))
    from gi.repository import Gio
    bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)

    def is_owned():
        answer = bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus",
                               "org.freedesktop.DBus", "NameHasOwner", session, None, 0, -1, None)
        return answer.unpack()[0]

    wait_for(is_owned, "the accessibility bus is there")
    Atspi.init()
    return process


def find_program(pid):
    """The top of the tree of a process, without anything remembered of it."""
    def look():
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            program = desktop.get_child_at_index(index)
            if program is not None and program.get_process_id() == pid:
                return program
        return None

    program = wait_for(look, "the program is in the tree")
    program.set_cache_mask(Atspi.Cache.NONE)
    return program


def children(item):
    for index in range(item.get_child_count()):
        child = item.get_child_at_index(index)
        if child is not None:
            yield child


def walk(item, is_left_out=None):
    if is_left_out is not None and is_left_out(item):
        return
    yield item
    for child in children(item):
        yield from walk(child, is_left_out)


def find(root, role, name, *states):
    """The first of that role and name that has all the states."""
    for item in walk(root):
        if item.get_role_name() == role and item.get_name() == name and has(item, *states):
            return item
    return None


def has(item, *states):
    held = item.get_state_set()
    return all(held.contains(state) for state in states)


def text_of(item):
    """Read by its length: not every version knows of -1 as the end."""
    if "Text" not in item.get_interfaces():
        return item.get_name()
    return Atspi.Text.get_text(item, 0, Atspi.Text.get_character_count(item))


def is_named(item):
    """Without a name, the name of a C type stands in for it."""
    return item.get_name() != "" and not C_TYPE.match(item.get_name())


def act(item):
    """Presses it, by its only action."""
    assert Atspi.Action.get_n_actions(item) == 1, item.get_name() + " has no single action"
    assert Atspi.Action.do_action(item, 0), item.get_name() + " cannot be pressed"


class Listener:
    """What the program tells by itself, of which a screen reader speaks."""

    def __init__(self, *kinds):
        self.told = []
        self.listener = Atspi.EventListener.new(self.on_event)
        for kind in kinds:
            self.listener.register(kind)

    def on_event(self, event):
        self.told.append((event.type, str(event.any_data)))

    def heard(self, kind, text):
        return any(kind in told and text in value for told, value in self.told)
