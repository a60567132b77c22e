# SPDX-License-Identifier: GPL-3.0-or-later
"""test-accessible.py STICKSMITH [kill]: a whole practice conversion through the
accessibility tree and nothing else, with a look at every control on the way.
With “kill” the program is killed while it writes; started again it must offer
to go on, and finish. To be run by with-display."""
import os
import subprocess
import sys

# The program shall stop at a warning; the library that looks at it need not.
PROGRAM_ENV = dict(os.environ, G_DEBUG="fatal-warnings", GTK_A11Y="atspi")
os.environ.pop("G_DEBUG", None)


def skip(why):
    print("1..0 # SKIP " + why)
    sys.exit(77)


try:
    import accessible_tree as tree
    from accessible_tree import Atspi, GLib
except (ImportError, ValueError) as missing:
    skip(str(missing))
if tree.find_launcher() is None:
    skip("there is no accessibility bus to start")

FOCUSABLE = Atspi.StateType.FOCUSABLE
FOCUSED = Atspi.StateType.FOCUSED
SENSITIVE = Atspi.StateType.SENSITIVE
BUTTON = "push button"
# What a person can get to by the keyboard, and what is spoken for it.
ROLES = {BUTTON, "toggle button", "check box", "radio button", "heading", "text", "link",
         "list item", "combo box", "menu item"}
# What shows something, and therefore has to be told by a name.
SHOWING = {"progress bar", "heading", "list", "list item", "image", "icon", "label"}
ALWAYS = ("Back", "Log", "Main menu")
# So often the bar must be seen before it can be said that it does not move.
MANY_LOOKS = 10


class Wizard:
    def __init__(self, program):
        self.process = subprocess.Popen([program, "--practice=needle"], env=PROGRAM_ENV)
        self.program = tree.find_program(self.process.pid)
        self.window = tree.wait_for(
            lambda: tree.find(self.program, "frame", "Sticksmith"), "the window is there")

    def page(self, title, patience=tree.PATIENCE):
        """Waits for a page, by its heading, on which the focus must be then."""
        heading = tree.wait_for(lambda: tree.find(self.window, "heading", title, FOCUSED),
                                f"the focus is on “{title}”", patience)
        print(f"# page “{title}”", flush=True)
        return heading

    def content(self, title):
        """The region that has the page's title as its name."""
        return next(item for item in tree.walk(self.window)
                    if item.get_name() == title and item.get_role_name() != "heading")

    def press(self, name):
        button = tree.wait_for(lambda: tree.find(self.window, BUTTON, name, SENSITIVE),
                               f"“{name}” can be pressed")
        tree.act(button)

    def can_press(self, name):
        return tree.find(self.window, BUTTON, name, SENSITIVE) is not None

    def step(self, name):
        """What the list at the side says of a step."""
        items = [item.get_name() for item in tree.walk(self.window)
                 if item.get_role_name() == "list item"]
        return next(item.split(": ")[1] for item in items if item.startswith(name + ": "))

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def describe(item):
    return f"{item.get_role_name()} “{item.get_name()}”"


def is_page(item):
    return item.get_name() == "GtkStackPage"


def check_controls(root):
    """Whatever takes the focus has a name and a role that says what it does. Pages
    below @root are left out: those that nobody has seen are not filled yet."""
    count = 0
    for item in tree.walk(root, is_page):
        if not tree.has(item, FOCUSABLE):
            continue
        count += 1
        assert tree.is_named(item), describe(item) + " has no name"
        assert item.get_role_name() in ROLES, describe(item) + " has no role of a control"
        if item.get_role_name() == BUTTON:
            assert Atspi.Action.get_n_actions(item) == 1, describe(item) + " has no action"
    return count


def is_empty_label(item):
    return item.get_role_name() == "label" and tree.text_of(item) == ""


def check_page(wizard, title):
    """The controls of one page, what is shown on it, and what is on every page."""
    root = wizard.content(title)
    controls = check_controls(root)
    assert controls >= 1
    for item in tree.walk(root):
        # A label that has nothing to say at the moment needs no name.
        if item.get_role_name() in SHOWING and not is_empty_label(item):
            assert tree.is_named(item), describe(item) + " is shown and has no name"
    assert check_controls(wizard.window) > len(ALWAYS)
    for name in ALWAYS:
        assert tree.find(wizard.window, BUTTON, name, FOCUSABLE), f"“{name}” is missing"
    print(f"# {controls} controls on “{title}”", flush=True)


def check_passing_page(wizard, title, check=check_page):
    """The same for a page that goes on by itself, perhaps while it is looked at."""
    try:
        check(wizard, title)
    except (AssertionError, StopIteration, GLib.Error):
        if tree.find(wizard.window, "heading", title, FOCUSED):
            raise
        print(f"# “{title}” was gone before all of it was seen", flush=True)


def labels_of(wizard, title):
    return [tree.text_of(item) for item in tree.walk(wizard.content(title))
            if item.get_role_name() == "label"]


def detect(wizard):
    title = "Let’s find your stick"
    heading = wizard.page(title)
    tree.wait_for(lambda: "1 stick found." in heading.get_description(), "a stick is found")
    check_page(wizard, title)
    assert wizard.step("Detect device") == "Now"
    assert wizard.step("Choose firmware") == "To come"
    assert not wizard.can_press("Back")
    wizard.press("Continue")


def choose_files(wizard):
    title = "Which firmware shall it get?"
    wizard.page(title)
    check_page(wizard, title)
    assert wizard.step("Detect device") != "Now"
    assert not wizard.can_press("Continue")
    before = labels_of(wizard, title)
    wizard.press("Use the practice files")
    tree.wait_for(lambda: wizard.can_press("Continue"), "the files are good")
    assert labels_of(wizard, title) != before
    wizard.press("What is inside")
    check_page(wizard, title)
    wizard.press("Continue")


def enter_boot_mode(wizard, listener):
    title = "Switch the stick to boot mode"
    wizard.page(title)
    check_page(wizard, title)
    wizard.press("Switch to boot mode")
    needle = "Start it with the needle"
    wizard.page(needle)
    check_page(wizard, needle)
    wizard.press("Practise: plug it in with the needle")
    heading = wizard.page("The stick is ready")
    state = "The stick is in boot mode. You can start."
    assert heading.get_description() == state
    tree.wait_for(lambda: listener.heard("accessible-description", state), "the state is told", 5)
    check_page(wizard, "The stick is ready")
    wizard.press("Start")


def send_loader(wizard):
    title = "Sending the loader"
    wizard.page(title)
    assert wizard.step("Upload loader") == "Now"
    check_passing_page(wizard, title)


def progress_of(wizard, title):
    bar = next(item for item in tree.walk(wizard.content(title))
               if item.get_role_name() == "progress bar")
    return Atspi.Value.get_current_value(bar)


WRITING = "Writing the firmware"


def write(wizard):
    question = "Write the new firmware now?"
    wizard.page(question)
    check_page(wizard, question)
    wizard.press("Write firmware")
    wizard.page(WRITING)


def check_writing(wizard, title):
    check_page(wizard, title)
    assert wizard.step("Flash") == "Now"
    assert not wizard.can_press("Back") and not wizard.can_press("Write firmware")
    assert wizard.can_press("Cancel")


def check_moving(wizard, title):
    """What can be seen of the bar and the words under it, as long as the page is there."""
    bars, words = [], []

    def look():
        if not tree.find(wizard.window, "heading", title, FOCUSED):
            return True
        try:
            bars.append(progress_of(wizard, title))
            words.append(labels_of(wizard, title))
        except StopIteration:
            return True
        return max(bars) > bars[0] and any(word != words[0] for word in words)

    tree.wait_for(look, "the bar and the words under it change, or the page is gone")
    if len(bars) >= MANY_LOOKS:
        assert max(bars) > bars[0], "the bar does not move"
        assert any(word != words[0] for word in words), "the words under the bar stay"


def come_back(wizard, listener):
    waiting = "Waiting for the stick to come back"
    title = "Done: your stick is now a modem"
    # On a busy machine the stick may be back before anybody has looked.
    came = tree.wait_for(lambda: next((page for page in (waiting, title) if tree.find(
        wizard.window, "heading", page, FOCUSED)), None), f"the focus is on “{waiting}”", 240)
    print(f"# page “{came}”", flush=True)
    if came == waiting:
        check_passing_page(wizard, waiting)
    wizard.page(title)
    check_page(wizard, title)
    assert listener.heard("accessible-name", title), "the new title was not told"
    assert any(text.startswith("21.") for text in labels_of(wizard, title)), "no new version"
    assert wizard.step("Flash") != "Now"
    wizard.press("Finish")
    assert wizard.process.wait(20) == 0


def be_killed(wizard):
    wizard.process.kill()
    assert wizard.process.wait() != 0


def find_unfinished(wizard):
    """What was not finished is offered on the first page, beside practising anew."""
    title = "Let’s find your stick"
    wizard.page(title)
    tree.wait_for(lambda: "A conversion was not finished" in labels_of(wizard, title),
                  "the unfinished conversion is found")
    check_page(wizard, title)
    assert not wizard.can_press("Go on")
    wizard.press("Go on with it")


def begin(wizard, listener):
    detect(wizard)
    choose_files(wizard)
    enter_boot_mode(wizard, listener)
    send_loader(wizard)
    write(wizard)


def go_on(wizard, listener):
    find_unfinished(wizard)
    enter_boot_mode(wizard, listener)
    send_loader(wizard)
    write(wizard)


def main():
    bus = tree.start_bus()
    wizard = None
    try:
        listener = tree.Listener("object:property-change:accessible-description",
                                 "object:property-change:accessible-name")
        wizard = Wizard(sys.argv[1])
        begin(wizard, listener)
        if "kill" in sys.argv:
            be_killed(wizard)
            wizard = Wizard(sys.argv[1])
            go_on(wizard, listener)
        check_passing_page(wizard, WRITING, check_writing)
        check_moving(wizard, WRITING)
        come_back(wizard, listener)
    finally:
        if wizard is not None:
            wizard.stop()
        bus.terminate()
        bus.wait()


main()
