# shellcheck shell=bash
# What the scripts here share: finding the tools the build needs, or installing them where that is possible.
# Sourced by bash scripts that run with "set -euo pipefail"; expects $root to be the top of the checkout.

say() { printf '%s\n' "$*"; }

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# Installs Debian packages as root, otherwise says what to install.
apt_install() { # WHAT-FOR PACKAGE...
  local what=$1 log
  shift
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    die "needs $what; on Debian or Ubuntu: apt-get install $*"
  fi
  say "Installing $* ($what)"
  log=$(mktemp)
  if ! (apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@") \
    </dev/null >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    die "installing $* failed; the last lines are above"
  fi
  rm -f "$log"
}

jdk_version() { # HOME: the feature number of the JDK there, nothing if there is none
  if [ -x "$1/bin/javac" ]; then
    "$1/bin/javac" -version 2>&1 | sed -nE 's/.*javac ([0-9]+).*/\1/p'
  fi
}

find_jdk() { # prints the home of a JDK of at least 17: the one in PATH, else the lowest installed
  local home version best='' best_version=0
  if command -v javac >/dev/null; then
    home=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")
    version=$(jdk_version "$home")
    if [ "${version:-0}" -ge 17 ]; then
      printf '%s' "$home"
      return
    fi
  fi
  for home in /usr/lib/jvm/* /opt/java/*; do
    version=$(jdk_version "$home")
    if [ "${version:-0}" -ge 17 ] && { [ -z "$best" ] || [ "$version" -lt "$best_version" ]; }; then
      best=$home
      best_version=$version
    fi
  done
  printf '%s' "$best"
}

# Sets and exports JAVA_HOME; one that is set already is taken as it is.
require_jdk() {
  if [ -n "${JAVA_HOME:-}" ]; then
    local version
    version=$(jdk_version "$JAVA_HOME")
    if [ "${version:-0}" -lt 17 ]; then
      die "JAVA_HOME is $JAVA_HOME, which has ${version:+JDK }${version:-no JDK}; needs JDK 17 or newer"
    fi
  else
    JAVA_HOME=$(find_jdk)
    if [ -z "$JAVA_HOME" ]; then
      apt_install "JDK 17 or newer" "$(jdk_package)"
      JAVA_HOME=$(find_jdk)
      [ -n "$JAVA_HOME" ] || die "the JDK that was installed is older than 17; install JDK 17 or newer and set JAVA_HOME"
    fi
  fi
  export JAVA_HOME
  export PATH="$JAVA_HOME/bin:$PATH"
}

jdk_package() {
  local package
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update </dev/null >/dev/null 2>&1 || true
    for package in openjdk-17-jdk-headless openjdk-21-jdk-headless openjdk-25-jdk-headless; do
      if apt-cache show "$package" >/dev/null 2>&1; then
        printf '%s' "$package"
        return
      fi
    done
  fi
  printf 'default-jdk-headless'
}

require_maven() {
  command -v mvn >/dev/null || apt_install "Maven 3.8 or newer" maven
  local version
  version=$(mvn -B -version </dev/null 2>/dev/null | sed -nE 's/.*Apache Maven ([0-9]+\.[0-9]+).*/\1/p')
  awk -v v="${version:-0.0}" 'BEGIN { split(v, n, "."); exit !(n[1] > 3 || (n[1] == 3 && n[2] >= 8)) }' \
    || die "$(command -v mvn) is Maven ${version:-of an unknown version}; needs 3.8 or newer"
}

# Makes sure that a program is there; what it is for goes into the message.
require_program() { # PROGRAM PACKAGE WHAT-FOR
  command -v "$1" >/dev/null || apt_install "$1 ($3)" "$2"
  command -v "$1" >/dev/null || die "the package $2 is installed and there is still no program $1"
}

# ---- programs in the background: each with a log, all ended with the script, also on Ctrl-C

step() { printf '\n== %s\n' "$*"; }

declare -A running=() # process id -> 1: ours, and not waited for yet

# Makes the folder $work for logs and files and sees to it that the script ends what it started. The script may define
# clean_files to keep something of the folder.
begin_work() { # NAME
  work=$(mktemp -d "${TMPDIR:-/tmp}/millrace-$1.XXXXXX")
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

clean_files() { rm -rf "$work"; }

clean_up() {
  local status=$?
  trap - EXIT
  trap '' INT TERM
  if [ "${#running[@]}" -gt 0 ]; then
    stop "${!running[@]}"
  fi
  clean_files
  exit "$status"
}

stop() { # PID...: SIGTERM, after ten seconds SIGKILL
  local pid
  kill "$@" 2>/dev/null || true
  for pid in "$@"; do
    for ((i = 0; i < 100; i++)); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    unset "running[$pid]"
  done
}

# Runs a command in the background, its output in $work/NAME.log, and shows it; the process id is then in $pid.
start() { # NAME COMMAND...
  local name=$1
  shift
  printf '  $'
  printf ' %q' "${@/#$root\//}"
  printf '\n'
  : >"$work/$name.log"
  "$@" >"$work/$name.log" 2>&1 </dev/null &
  pid=$!
  running[$pid]=1
}

await_line() { # NAME PID TEXT: until the log has a line with TEXT
  for ((i = 0; i < 600; i++)); do
    if grep -qF -- "$3" "$work/$1.log"; then
      return
    fi
    if ! kill -0 "$2" 2>/dev/null; then
      break
    fi
    sleep 0.1
  done
  tail -n 20 "$work/$1.log" >&2
  die "the $1 did not start; its last lines are above"
}

bound_address() { # NAME LINE: the first address in the line with the text LINE
  grep -F -- "$2" "$work/$1.log" | grep -oE '127\.0\.0\.1:[0-9]+' | head -n 1
}
