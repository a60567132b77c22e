# SPDX-License-Identifier: GPL-3.0-or-later
# bash completion for sticksmith-cli. The program itself is asked for what
# there is, so that nothing here gets out of date.

# The words in lines such as "  inspect     tell what a file is".
_sticksmith_cli_words ()
{
  LC_ALL=C sed -n 's/^  \([a-z0-9][a-z0-9-]*\) .*/\1/p'
}

# _sticksmith_cli_values PROGRAM COMMAND OPTION: what the option can be set to.
_sticksmith_cli_values ()
{
  case $2:$3 in
    convert:--practice) "$1" convert '--practice=?' 2>&1 </dev/null | _sticksmith_cli_words ;;
    simulate:--start) echo boot-rom download stick hilink debug cd ;;
    simulate:--model) echo e3372h e3372s e3276 e1550 e392 ;;
    simulate:--chip) echo v7r11 v7r2 v7r1 ;;
    *:--port | *:-p) compgen -G '/dev/ttyUSB*' ;;
    # Alternatives stand in the help: --to=stick|hilink.
    *) "$1" "$2" --help 2>/dev/null </dev/null |
         LC_ALL=C sed -n "s/^.* $3=\\([a-z-]*|[a-z|-]*\\).*/\\1/p" | tr '|' ' ' ;;
  esac
}

_sticksmith_cli ()
{
  local program=$1 word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  local command=${COMP_WORDS[1]} choices=

  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    choices="$("$program" --help 2>/dev/null </dev/null | _sticksmith_cli_words) --help --version"
    mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
    return
  fi
  if [ "$command" = help ]; then
    choices=$("$program" --help 2>/dev/null </dev/null | _sticksmith_cli_words)
    mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
    return
  fi
  # "--to=st" comes as three words, "--to=" as two.
  if [ "$word" = = ]; then
    word=''
    choices=$(_sticksmith_cli_values "$program" "$command" "$before")
  elif [ "$before" = = ]; then
    choices=$(_sticksmith_cli_values "$program" "$command" "${COMP_WORDS[COMP_CWORD-2]}")
  elif [ "$before" = -p ] || [ "$before" = --port ]; then
    choices=$(_sticksmith_cli_values "$program" "$command" --port)
  elif [ "${word#-}" != "$word" ]; then
    choices=$("$program" "$command" --help 2>/dev/null </dev/null |
      LC_ALL=C grep -o -- '--[a-z][a-z-]*=\{0,1\}')
    mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
    if [ "${#COMPREPLY[@]}" -eq 1 ] && [ "${COMPREPLY[0]%=}" != "${COMPREPLY[0]}" ]; then
      compopt -o nospace 2>/dev/null
    fi
    return
  fi
  if [ -n "$choices" ]; then
    mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
  else
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}

complete -F _sticksmith_cli sticksmith-cli
