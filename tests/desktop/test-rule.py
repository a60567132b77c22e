#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the udev rule as udev would and tries it on devices.

Not every udev has "udevadm verify"; where there is one, it is asked as well.
"""

import fnmatch
import re
import shutil
import subprocess
import sys

TOKEN = re.compile(r'([A-Z_]+)(?:\{([^}"]+)\})?(==|!=|\+=|-=|:=|=)"([^"]*)"\s*(?:,|$)\s*')
MATCHES = {'ACTION', 'SUBSYSTEM', 'SUBSYSTEMS', 'ENV', 'ATTR', 'ATTRS'}
ASSIGNMENTS = {'ENV', 'TAG', 'GOTO', 'LABEL'}


def parse(text):
    rules = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith('#'):
            continue
        tokens, rest = [], line
        while rest:
            found = TOKEN.match(rest)
            if not found:
                sys.exit(f'line {number}: cannot read "{rest}"')
            key, argument, operator, value = found.groups()
            known = MATCHES if operator in ('==', '!=') else ASSIGNMENTS
            if key not in known:
                sys.exit(f'line {number}: {key} does not go with {operator}')
            if (argument is not None) != (key in ('ENV', 'ATTR', 'ATTRS')):
                sys.exit(f'line {number}: braces of {key}')
            if not value:
                sys.exit(f'line {number}: {key} has no value')
            tokens.append((key, argument, operator, value))
            rest = rest[found.end():]
        if line.endswith(','):
            sys.exit(f'line {number}: ends in the middle')
        rules.append(tokens)
    labels = [t[3] for rule in rules for t in rule if t[0] == 'LABEL']
    gotos = [t[3] for rule in rules for t in rule if t[0] == 'GOTO']
    if len(set(labels)) != len(labels) or set(gotos) - set(labels):
        sys.exit('labels and jumps do not go together')
    return rules


def fits(value, pattern):
    return value is not None and any(fnmatch.fnmatchcase(value, p) for p in pattern.split('|'))


def matches(rule, action, chain):
    """Whether the rule's conditions hold; chain: the device and its parents."""
    device = chain[0]
    parents = [t for t in rule if t[0] in ('SUBSYSTEMS', 'ATTRS')]
    for key, argument, operator, value in rule:
        if operator not in ('==', '!=') or key in ('SUBSYSTEMS', 'ATTRS'):
            continue
        actual = {'ACTION': action, 'SUBSYSTEM': device['subsystem'],
                  'ENV': device['env'].get(argument),
                  'ATTR': device['attr'].get(argument)}[key]
        if fits(actual, value) != (operator == '=='):
            return False
    # All of these have to hold for one and the same device of the chain.
    return not parents or any(
        all(fits(one['subsystem'] if key == 'SUBSYSTEMS' else one['attr'].get(argument), value)
            == (operator == '==') for key, argument, operator, value in parents)
        for one in chain)


def run(rules, action, chain):
    tags, env, skip_to = set(), {}, None
    for rule in rules:
        if skip_to is not None:
            if not any(t[0] == 'LABEL' and t[3] == skip_to for t in rule):
                continue
            skip_to = None
        if not matches(rule, action, chain):
            continue
        for key, argument, operator, value in rule:
            if key == 'TAG' and operator == '+=':
                tags.add(value)
            elif key == 'ENV' and operator == '=':
                env[argument] = value
            elif key == 'GOTO':
                skip_to = value
    return tags, env


def usb(vendor, product):
    return {'subsystem': 'usb', 'env': {'DEVTYPE': 'usb_device'},
            'attr': {'idVendor': vendor, 'idProduct': product}}


def tty(vendor, product):
    interface = {'subsystem': 'usb', 'env': {'DEVTYPE': 'usb_interface'}, 'attr': {}}
    serial = {'subsystem': 'usb-serial', 'env': {}, 'attr': {}}
    hub = {'subsystem': 'usb', 'env': {}, 'attr': {'idVendor': '1d6b', 'idProduct': '0002'}}
    return [{'subsystem': 'tty', 'env': {}, 'attr': {}}, serial, interface,
            usb(vendor, product), hub]


def check(what, actual, expected):
    if actual != expected:
        sys.exit(f'{what}: {actual} and not {expected}')


def main():
    path = sys.argv[1]
    with open(path, encoding='utf-8') as file:
        rules = parse(file.read())
    ignored = ({'ID_MM_DEVICE_IGNORE': '1'})
    for action in ('add', 'change', 'bind'):
        for product in ('1443', '1442', '1c05', '1568', '36dd'):
            check(product, run(rules, action, [usb('12d1', product)]), (set(), ignored))
            check(product, run(rules, action, tty('12d1', product)), ({'uaccess'}, {}))
        # Working modems, network cards and CDs stay with the desktop.
        for product in ('1506', '1001', '140c', '1436', '1003', '155e', '1566', '14db', '14dc',
                        '14fe', '1f01', '1505', '151a', '1573'):
            check(product, run(rules, action, [usb('12d1', product)]), (set(), {}))
            check(product, run(rules, action, tty('12d1', product)), ({'uaccess'}, {}))
        check('another maker', run(rules, action, tty('0403', '1443')), (set(), {}))
        check('another maker', run(rules, action, [usb('0403', '1443')]), (set(), {}))
        check('no USB', run(rules, action, [{'subsystem': 'tty', 'env': {}, 'attr': {}}]),
              (set(), {}))
        interface = dict(usb('12d1', '1443'), env={'DEVTYPE': 'usb_interface'})
        check('an interface', run(rules, action, [interface]), (set(), {}))
    check('unplugged', run(rules, 'remove', tty('12d1', '1443')), (set(), {}))
    check('unplugged', run(rules, 'remove', [usb('12d1', '1443')]), (set(), {}))
    if not path.rsplit('/', 1)[-1] < '73-seat-late.rules':
        sys.exit('the name sorts too late')
    udevadm = shutil.which('udevadm') or shutil.which('udevadm', path='/sbin:/usr/sbin:/usr/bin')
    if udevadm and b'verify' in subprocess.run([udevadm, '--help'], capture_output=True,
                                               check=False).stdout:
        subprocess.run([udevadm, 'verify', '--no-style', path], check=True)


main()
