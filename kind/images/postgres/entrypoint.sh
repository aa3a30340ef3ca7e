#!/bin/bash
# Starts PostgreSQL by the rules of the official image: the first start makes the database from POSTGRES_*.
set -Eeuo pipefail

# An option alone is meant for the server.
case "${1:-postgres}" in -*) set -- postgres "$@" ;; esac
if [ $# -eq 0 ]; then set -- postgres; fi
if [ "$1" != postgres ]; then exec "$@"; fi

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA"
  chown -R postgres:postgres "$PGDATA"
  chmod 700 "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

# The value of a variable, or of the file that the variable of the same name and _FILE points to.
setting() {
  local file="${1}_FILE"
  if [ -n "${!1:-}" ] && [ -n "${!file:-}" ]; then
    echo >&2 "error: both $1 and $file are set (but are exclusive)"
    return 1
  fi
  if [ -n "${!file:-}" ]; then cat "${!file}"; else printf '%s' "${!1:-${2:-}}"; fi
}

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  password=$(setting POSTGRES_PASSWORD)
  user=$(setting POSTGRES_USER postgres)
  database=$(setting POSTGRES_DB "$user")
  method="${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}"
  if [ -z "$password" ] && [ "$method" != trust ]; then
    # These are the official image's own words: learners search for them.
    cat >&2 <<-'WORDS'
	Error: Database is uninitialized and superuser password is not specified.
	       You must specify POSTGRES_PASSWORD to a non-empty value for the
	       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".
	WORDS
    exit 1
  fi
  # A volume may bring lost+found along, and belongs to whoever made it: the folder inside is ours.
  mkdir -p "$PGDATA"
  # Whoever is on the machine itself is trusted, as initdb has it.
  initdb --username="$user" --pwfile=<(printf '%s\n' "$password") --encoding=UTF8 --locale=C.UTF-8 --pgdata="$PGDATA"
  printf '\nhost all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"
  # Nobody from outside may meet a server that is still being made: it listens on its own socket only.
  pg_ctl --pgdata="$PGDATA" --options="${*:2} -c listen_addresses=''" --wait start
  if [ "$database" != postgres ]; then
    psql --username="$user" --dbname=postgres --set=ON_ERROR_STOP=1 --set=name="$database" \
      <<<'CREATE DATABASE :"name";'
  fi
  for script in /docker-entrypoint-initdb.d/*.sql; do
    if [ -f "$script" ]; then psql --username="$user" --dbname="$database" --set=ON_ERROR_STOP=1 --file="$script"; fi
  done
  pg_ctl --pgdata="$PGDATA" --mode=fast --wait stop
  printf '\nPostgreSQL init process complete; ready for start up.\n\n'
fi

exec "$@"
