# SPDX-License-Identifier: GPL-3.0-or-later
# fish completion for sticksmith-cli. The program itself is asked for what there
# is, so that nothing here gets out of date.

# Lines such as "  inspect     tell what a file is", as name and description.
function __sticksmith_cli_named
    sticksmith-cli $argv 2>&1 </dev/null |
        string replace -rf '^  ([a-z0-9][a-z0-9-]*)  *(.*)' '$1\t$2'
end

function __sticksmith_cli_command
    set -l words (commandline -opc)
    set -q words[2]; and echo $words[2]
end

function __sticksmith_cli_options
    set -l command (__sticksmith_cli_command)
    test -n "$command"; or return
    sticksmith-cli $command --help 2>/dev/null </dev/null |
        string replace -rf '^  (?:-[a-z], )?(--[a-z-]+)(=?)(?:[^ ]*)  +(.*)' '$1$2\t$3'
end

# What the option that is being typed can be set to.
function __sticksmith_cli_values
    set -l command (__sticksmith_cli_command)
    set -l option (commandline -ct | string replace -rf '^(--[a-z-]+)=.*' '$1')
    test -n "$command" -a -n "$option"; or return
    set -l values
    switch $command:$option
        case 'convert:--practice'
            set values (__sticksmith_cli_named convert '--practice=?')
        case 'simulate:--start'
            set values boot-rom download stick hilink debug cd
        case 'simulate:--model'
            set values e3372h e3372s e3276 e1550 e392
        case 'simulate:--chip'
            set values v7r11 v7r2 v7r1
        case '*:--port'
            set values /dev/ttyUSB*
        case '*'
            set values (sticksmith-cli $command --help 2>/dev/null </dev/null |
                string replace -rf "^.* $option=([a-z-]*\|[a-z|-]*).*" '$1' | string split '|')
    end
    for value in $values
        echo $option=$value
    end
end

complete -c sticksmith-cli -n 'not __sticksmith_cli_command' -f -a '(__sticksmith_cli_named --help)'
complete -c sticksmith-cli -n 'test "$(__sticksmith_cli_command)" = help' -f \
    -a '(__sticksmith_cli_named --help)'
complete -c sticksmith-cli -n 'not __sticksmith_cli_command' -f -l help -l version
complete -c sticksmith-cli -n '__sticksmith_cli_command; and string match -q -- "-*" (commandline -ct)' \
    -f -a '(__sticksmith_cli_values; __sticksmith_cli_options)'
