# What stands for commands of the guide that would change the machine: sourced before the guide's blocks by cli-guide.ts, which sets
# SCRATCH, HTTP_PORT, HTTPS_PORT, DATABASE_PORT and DATABASE_PASSWORD.

# Installs nothing but the three programs that the guide is about.
apt-get() {
  if [ "$1" = update ]; then return; fi
  local name missing=()
  for name in "${@:2}"; do
    if [ "$name" = --yes ] || dpkg --status "$name" >/dev/null 2>&1; then continue; fi
    case $name in
    postgresql | nginx | openssl) missing+=("$name") ;;
    *) echo "$name is not installed here, and is not this runner's to install" && return 1 ;;
    esac
  done
  if [ ${#missing[@]} -eq 0 ]; then return; fi
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    echo "Install ${missing[*]} first: here they would be started, on their usual ports" && return 1
  fi
  command apt-get update >/dev/null
  command apt-get install --yes "${missing[@]}"
}

# PostgreSQL's superuser is a password here, and not a user of the machine.
runuser() {
  PGHOST=127.0.0.1 PGPORT=$DATABASE_PORT PGUSER=postgres PGPASSWORD=$DATABASE_PASSWORD "${@:4}"
}

nginx() {
  command nginx -p "$SCRATCH" -c "$SCRATCH/nginx.conf" "$@"
}

curl() {
  command curl --noproxy '*' --cacert "$SCRATCH/etc/letsencrypt/live/portal.example.com/fullchain.pem" \
    --resolve "portal.example.com:$HTTPS_PORT:127.0.0.1" --resolve "portal.example.com:$HTTP_PORT:127.0.0.1" "$@"
}

# What the units say, without systemd.
systemctl() {
  case "$1 ${2:-}" in
  daemon-reload*) ;;
  'enable --now') for unit in "${@:3}"; do unit_start "$unit"; done ;;
  restart*) unit_stop "$2" && unit_start "$2" ;;
  'reload nginx') if [ -s "$SCRATCH/run/nginx.pid" ]; then nginx -s reload; else nginx; fi ;;
  *) echo "systemctl $* has no stand-in" && return 1 ;;
  esac
}

unit_start() {
  local instance=${1#*@} file=$SCRATCH/etc/systemd/system/$1.service
  if [ "$instance" != "$1" ]; then file=$SCRATCH/etc/systemd/system/${1%@*}@.service; fi
  value() { sed -n "s/^$1=//p" "$file" | sed "s/%i/$instance/g"; }
  (
    set -a
    . "$(value EnvironmentFile)"
    set +a
    cd "$(value WorkingDirectory)"
    # shellcheck disable=SC2046
    exec env $(value Environment) $(value ExecStart)
  ) >>"$SCRATCH/log/$1" 2>&1 </dev/null &
  echo $! >"$SCRATCH/run/$1.pid"
}

unit_stop() {
  local pid
  pid=$(cat "$SCRATCH/run/$1.pid")
  kill -TERM "$pid"
  wait "$pid" || { echo "$1 ended with $?" && return 1; }
}

# What the guide promises, seen from outside.

keep_asking() {
  while :; do
    curl --silent --output /dev/null --write-out '%{http_code}\n' "https://portal.example.com:$HTTPS_PORT/login" || true
  done >"$SCRATCH/log/requests" 2>/dev/null &
  echo $! >"$SCRATCH/run/asking.pid"
}

stop_asking() {
  kill "$(cat "$SCRATCH/run/asking.pid")"
  rm "$SCRATCH/run/asking.pid"
  echo "Requests during the upgrade, by status: $(sort "$SCRATCH/log/requests" | uniq -c | tr -s '\n ' ' ')"
  if grep --quiet --invert-match '^200$' "$SCRATCH/log/requests"; then return 1; fi
}

signs_in() {
  local site=https://portal.example.com:$HTTPS_PORT jar=$SCRATCH/cookies token status
  rm -f "$jar"
  token=$(curl --silent --cookie-jar "$jar" "$site/login" | sed -n 's/.*name="_csrf" value="\([^"]*\)".*/\1/p' | head -1)
  status=$(curl --silent --cookie "$jar" --cookie-jar "$jar" --output /dev/null --write-out '%{http_code}' \
    --data-urlencode "_csrf=$token" --data-urlencode email=admin@example.com --data-urlencode "password=$1" "$site/login")
  [ "$status" = 303 ] && [ "$(curl --silent --cookie "$jar" --output /dev/null --write-out '%{http_code}' "$site/staff")" = 200 ]
}

redirects() {
  local target
  target=$(curl --silent --output /dev/null --write-out '%{redirect_url}' "http://portal.example.com:$HTTP_PORT/login?next=%2Forders")
  [ "$target" = 'https://portal.example.com/login?next=%2Forders' ]
}
