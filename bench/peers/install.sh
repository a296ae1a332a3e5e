#!/usr/bin/env bash
# Installs what `npm run bench -- --peers` measures beside us, on Debian and its like. Their services are not started:
# the benchmark starts its own, with data directories of their own.
set -euo pipefail

PACKAGES=(wrk curl etcd-server postgresql redis-server redis-tools nats-server)

if ! command -v apt-get >/dev/null; then
  echo "This installs Debian packages (${PACKAGES[*]}), and there is no apt-get here." >&2
  exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "Installing packages needs root: sudo npm run bench:peers" >&2
  exit 1
fi

# Asked by every package before it starts a service; 101 is "no".
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
  trap 'rm -f "$policy"' EXIT
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install --yes --no-install-recommends "${PACKAGES[@]}"
