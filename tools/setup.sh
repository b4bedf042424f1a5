#!/usr/bin/env bash
# What a bare Debian machine lacks, installed where the user may and named with its command where not.
#   setup.sh system   Debian packages that only some features need (nfdump), or tests (argus, softflowd, nftables, ipset, java)
#   setup.sh python   the virtual environment .venv, exactly as uv.lock says
set -euo pipefail
cd "$(dirname "$0")/.."

apt_install() { # package, what it is for
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing the Debian package $1 ($2)"
    # One after the other: both steps of this script may run at once, and apt-get does not wait.
    (
      flock 9
      DEBIAN_FRONTEND=noninteractive apt-get install -y -q "$1" ||
        { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q "$1"; }
    ) 9<tools/setup.sh >/dev/null 2>&1 && return 0
  fi
  echo "the Debian package $1 is missing: $2. Install it with: apt-get install $1" >&2
  return 1
}

case "${1:?system or python}" in
  system)
    # Without nfdump everything but nfcapd and pcap files works; their tests then skip and say so.
    command -v nfdump >/dev/null || apt_install nfdump "reads nfcapd and pcap files, collects NetFlow" || true
    command -v sfcapd >/dev/null || apt_install nfdump-sflow "collects sFlow" || true
    # Only for tests: they read what the real ra prints.
    [ -x /usr/sbin/argus ] || apt_install argus-server "writes the records that a test reads" || true
    [ -x /usr/sbin/softflowd ] || apt_install softflowd "exports the flows that a test collects" || true
    command -v nft >/dev/null || apt_install nftables "judges the block lists that a test writes" || true
    command -v ipset >/dev/null || apt_install ipset "judges the block lists that a test writes" || true
    command -v ra >/dev/null || apt_install argus-client "prints the flows that a test reads" || true
    # Only for Spark: hunts on a cluster need Java; the tests start a small cluster.
    command -v java >/dev/null || apt_install default-jre-headless "runs Spark" || true
    # Only for tests: they open a report as a reader does.
    command -v chromium >/dev/null || apt_install chromium "opens reports in tests" || true
    ;;
  python)
    python=${HEADWATER_PYTHON:-python3}
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
      { echo "headwater needs Python 3.11 or newer; $python is $("$python" --version). Set HEADWATER_PYTHON." >&2; exit 2; }
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
      apt_install python3-venv "makes the virtual environment" || exit 2
    fi
    [ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null || { rm -rf .venv; "$python" -m venv .venv; }
    [ -x .venv/bin/uv ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.11'
    # Certificates of the machine's own store: behind a proxy that inspects TLS, pip works with them and so must uv.
    # --inexact: uv itself lives in the same environment and is not in the lock file.
    UV_SYSTEM_CERTS=1 UV_PROJECT_ENVIRONMENT=.venv .venv/bin/uv sync --frozen --inexact --quiet --python .venv/bin/python
    ;;
esac
