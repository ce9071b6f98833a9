#!/bin/sh
# Installs orch, or removes it. Nothing but a POSIX shell with curl or wget is needed; with --from, no network either.
#
#   curl -fsSL ADDRESS/install.sh | sh
#   sh install.sh --to /usr/local/bin --version 1.2.3
#   sh install.sh --from FOLDER          # with the files of a release
#   sh install.sh --uninstall            # the home of orch, with its data, stays
set -eu

RELEASES='@RELEASES@'
version='@VERSION@'
to=
from=
doing=install

usage() {
  cat <<'TEXT'
Usage: install.sh [--to FOLDER] [--version VERSION] [--from FOLDER] [--url ADDRESS] [--uninstall]

  --to FOLDER        Where the executable goes. Default: ~/.local/bin
  --version VERSION  The release to install, or 'latest'. Default: the one that this file came with
  --from FOLDER      Take the files of a release from this folder, without network
  --url ADDRESS      Where releases are, as https://github.com/OWNER/NAME/releases
  --uninstall        Remove what was installed. The home, with its data, stays
TEXT
}

fail() {
  echo "$1" >&2
  exit 1
}

# Of an option: its value, which has to be there.
needs() {
  [ "$2" -ge 2 ] || fail "Option '$1' needs a value. See 'install.sh --help'."
}

while [ $# -gt 0 ]; do
  case $1 in
    --to) needs "$1" $#; to=$2; shift 2 ;;
    --version) needs "$1" $#; version=${2#v}; shift 2 ;;
    --from) needs "$1" $#; from=$2; shift 2 ;;
    --url) needs "$1" $#; RELEASES=$2; shift 2 ;;
    --uninstall) doing=uninstall; shift ;;
    -h | --help) usage; exit 0 ;;
    *) fail "There is no option '$1'. See 'install.sh --help'." ;;
  esac
done

[ -n "$to" ] || [ -n "${HOME:-}" ] || fail "HOME is not set: say by --to FOLDER where orch goes."
to=${to:-$HOME/.local/bin}
case $to in /*) ;; *) to=$PWD/$to ;; esac
# Where 'orch version --verify' looks.
case $to in
  */bin) record=${to%/bin}/share/orch ;;
  *) record=$to ;;
esac

if [ "$doing" = uninstall ]; then
  [ -e "$to/orch" ] || [ -e "$record/checksums.txt" ] || fail "There is no orch in '$to': say by --to FOLDER where it is."
  rm -f "$to/orch" "$record/checksums.txt" || fail "'$to/orch' cannot be removed: run this as the user who installed it."
  echo "Removed $to/orch"
  echo "Removed $record/checksums.txt"
  # Folders that were made for it and are empty now.
  [ "$record" = "$to" ] || rmdir "$record" "${record%/orch}" 2>/dev/null || true
  rmdir "$to" "${to%/bin}" 2>/dev/null || true
  echo "The home of orch, with its data, was left as it is."
  exit 0
fi

# The target of this machine, as the files of a release are named.
target() {
  case $(uname -s) in
    Linux) system=linux ;;
    Darwin) system=darwin ;;
    *) fail "There is no executable of orch for '$(uname -s)': there are some for Linux, macOS and Windows." ;;
  esac
  case $(uname -m) in
    x86_64 | amd64) processor=x64 ;;
    aarch64 | arm64) processor=arm64 ;;
    *) fail "There is no executable of orch for the processor '$(uname -m)': there are some for x64 and arm64." ;;
  esac
  kind=
  if [ $system = linux ]; then
    if ls /lib/ld-musl-*.so.1 >/dev/null 2>&1 && ! ls /lib*/ld-linux-*.so* >/dev/null 2>&1; then
      kind=-musl
    elif [ $processor = x64 ] && [ -r /proc/cpuinfo ] && ! grep -qw avx2 /proc/cpuinfo; then
      kind=-baseline
    fi
  elif [ $processor = x64 ] && [ "$(sysctl -n sysctl.proc_translated 2>/dev/null)" = 1 ]; then
    processor=arm64 # a shell in Rosetta
  fi
  echo "$system-$processor$kind"
}

digest() {
  if command -v sha256sum >/dev/null; then
    sha256sum "$1"
  elif command -v shasum >/dev/null; then
    shasum -a 256 "$1"
  else
    fail "There is neither sha256sum nor shasum here, which the checksum needs: install one of them."
  fi | cut -d ' ' -f 1
}

# fetch NAME FILE: from the folder or the address.
fetch() {
  if [ -n "$from" ]; then
    [ -r "$from/$1" ] || fail "There is no '$1' in '$from': give the folder of a release with the executable of this platform."
    cp "$from/$1" "$2"
    return
  fi
  [ -n "$RELEASES" ] || fail "This install.sh knows no address to download from: give one by --url, or a folder with the files by --from."
  if [ "$version" = latest ]; then address=$RELEASES/latest/download/$1; else address=$RELEASES/download/v$version/$1; fi
  if command -v curl >/dev/null; then
    curl -fsSL --retry 3 -o "$2" "$address"
  elif command -v wget >/dev/null; then
    wget -q -O "$2" "$address"
  else
    fail "There is neither curl nor wget here: install one of them."
  fi || fail "'$address' could not be downloaded: check the network, and that the version exists."
}

name=orch-$(target)
mkdir -p "$to" "$record" 2>/dev/null || fail "'$to' cannot be made: choose another folder by --to FOLDER."
[ -w "$to" ] || fail "'$to' cannot be written: choose another folder by --to FOLDER."
# In the folder itself, so that the last step is one rename, also while another orch runs there.
work=$(mktemp -d "$to/.orch-install-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

fetch checksums.txt "$work/checksums.txt"
if [ -n "$from" ] && [ ! -r "$from/$name.gz" ] && [ -r "$from/$name" ]; then
  fetch "$name" "$work/orch"
else
  command -v gzip >/dev/null || fail "There is no gzip here: install it."
  fetch "$name.gz" "$work/orch.gz"
  gzip -dc "$work/orch.gz" >"$work/orch" || fail "'$name.gz' is damaged, or the disk is full: run this again."
fi
expected=$(sed -n "s/^\([0-9a-f]*\)  $name\$/\1/p" "$work/checksums.txt")
[ -n "$expected" ] || fail "checksums.txt has no line for '$name': the release is not whole."
actual=$(digest "$work/orch")
[ "$actual" = "$expected" ] || fail "The checksum of '$name' is wrong ($actual instead of $expected): nothing was installed."

chmod 755 "$work/orch"
if ! found=$("$work/orch" --version 2>&1); then
  hint=
  case $found in *libstdc++* | *libgcc*) hint=" On Alpine: apk add libstdc++" ;; esac
  fail "The executable does not run here: $(echo "$found" | head -n 1).$hint"
fi
grep "  $name\$" "$work/checksums.txt" >"$work/own" # of all lines its own
mv -f "$work/orch" "$to/orch"
mv -f "$work/own" "$record/checksums.txt"
echo "Wrote $to/orch ($found)"
echo "Wrote $record/checksums.txt"
case :${PATH:-}: in
  *:"$to":*) echo "Try it: orch dev" ;;
  *) echo "'$to' is not on your PATH. Add it: export PATH=\"$to:\$PATH\"" ;;
esac
