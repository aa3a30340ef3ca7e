#!/bin/sh
# Runs its arguments, which are curl's own unless the first of them is a command.
if [ "${1#-}" != "$1" ] || ! command -v "$1" >/dev/null; then set -- curl "$@"; fi
exec "$@"
