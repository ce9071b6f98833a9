#!/bin/sh
# Installs orch, or removes it. Nothing but a POSIX shell with curl or wget is needed; with --from, no network either.
#
#   curl -fsSL ADDRESS/install.sh | sh
#   sh install.sh --to /usr/local/bin --version 1.2.3
#   sh install.sh --from FOLDER          # with the files of a release
#   sh install.sh --uninstall            # the home of orch, with its data, stays
#
# Everything is in functions that the last line calls, so a part of this file, as of a download that was cut off, does nothing.
set -eu
umask 022 # under a stricter one other users could not run what root installs

RELEASES='@RELEASES@'
version='@VERSION@'
to=
from=
doing=install
work=
made=
was=

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

has() {
  command -v "$1" >/dev/null
}

# Of an option: its value, which has to be there.
needs() {
  [ "$2" -ge 2 ] || fail "Option '$1' needs a value. See 'install.sh --help'."
}

read_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --to) needs "$1" $#; to=$2; shift 2 ;;
      --version) needs "$1" $#; version=${2#v}; shift 2 ;;
      --from) needs "$1" $#; from=$2; shift 2 ;;
      --url) needs "$1" $#; RELEASES=${2%/}; shift 2 ;;
      --uninstall) doing=uninstall; shift ;;
      -h | --help) usage; exit 0 ;;
      *) fail "There is no option '$1'. See 'install.sh --help'." ;;
    esac
  done
}

# Of the executable, and of what 'orch version --verify' looks for.
choose_folders() {
  [ -n "$to" ] || [ -n "${HOME:-}" ] || fail "HOME is not set: say by --to FOLDER where orch goes."
  to=${to:-$HOME/.local/bin}
  case $to in /*) ;; *) to=$PWD/$to ;; esac
  while [ "$to" != "${to%/}" ]; do to=${to%/}; done
  case $to in
    */bin) record=${to%/bin}/share/orch ;;
    *) record=$to ;;
  esac
}

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
    if has getconf && [ "$(getconf LONG_BIT 2>/dev/null)" = 32 ]; then
      fail "This is a system of 32 bits on a processor of 64: there are executables of orch for 64 bits alone."
    fi
    if is_musl; then kind=-musl; fi
  elif [ $processor = x64 ] && [ "$(sysctl -n sysctl.proc_translated 2>/dev/null)" = 1 ]; then
    processor=arm64 # a shell in Rosetta
  fi
  echo "$system-$processor$kind"
}

# Whether programs use musl. A machine may have the loaders of both: Alpine with gcompat, Debian with musl; then ldd knows.
is_musl() {
  ls /lib/ld-musl-*.so.1 >/dev/null 2>&1 || return 1
  ls /lib*/ld-linux-*.so* >/dev/null 2>&1 || return 0
  case $(ldd --version 2>&1) in *musl*) return 0 ;; *) return 1 ;; esac
}

# make FOLDER: with those that it is in. Those that were not there are kept in 'made', the deepest first.
make() {
  [ ! -d "$1" ] || return 0
  make "$(dirname "$1")"
  if ! mkdir "$1" 2>/dev/null; then
    [ ! -d "$1" ] || return 0 # another installation has just made it
    fail "'$1' cannot be made: choose another folder by --to FOLDER."
  fi
  made="$1
$made"
}

# Removes the folders of a list that are empty.
remove_empty() {
  printf '%s' "$1" | while IFS= read -r folder; do
    rmdir "$folder" 2>/dev/null || true # others keep files there
  done
}

# What a killed install.sh has left in the folder.
remove_leftovers() {
  for folder in "$to"/.orch-install-*; do
    if [ -d "$folder" ] && ! kill -0 "${folder##*-}" 2>/dev/null; then rm -rf "$folder"; fi
  done
}

clean_up() {
  [ -z "$work" ] || rm -rf "$work"
  remove_empty "$made"
}

# Fails with the sentence, or with the reason when that is the disk: df's fourth word is what is free, in KB.
fail_to_write() {
  # shellcheck disable=SC2046 # words are wanted
  set -- "$1" $(df -Pk "$to" 2>/dev/null | tail -n 1)
  if [ "${5:-x}" -lt 1024 ] 2>/dev/null; then fail "The disk of '$to' is full: orch needs 200 MB there while it is installed."; fi
  fail "$1"
}

# fetch NAME: from the folder or the address, to the folder of this installation.
fetch() {
  if [ -n "$from" ]; then
    [ -r "$from/$1" ] || fail "There is no '$1' in '$from': give the folder of a release with the executable of this platform."
    cp "$from/$1" "$work/$1" 2>/dev/null || fail_to_write "'$from/$1' cannot be copied to '$to'."
    return
  fi
  if [ "$version" = latest ]; then address=$RELEASES/latest/download/$1; else address=$RELEASES/download/v$version/$1; fi
  echo "Downloading $address"
  if has curl; then
    case $address in https:*) only='=https' ;; *) only='=http,https' ;; esac # no redirection leads to less
    answer=$(curl -fsSL --proto "$only" --retry 3 --connect-timeout 30 --speed-limit 1 --speed-time 60 -o "$work/$1" "$address" 2>&1) && return
  else
    answer=$(wget -q -t 3 -O "$work/$1" "$address" 2>&1) && return
  fi
  fail_to_write "'$address' could not be downloaded${answer:+ ($answer)}: check the network, and that the version exists."
}

# check NAME: whether the file is what the release says it is.
check() {
  expected=$(sed -n "s/^\([0-9a-f]*\)  $1\$/\1/p" "$work/checksums.txt")
  [ -n "$expected" ] || fail "checksums.txt has no line for '$1': the release is not whole."
  if has sha256sum; then
    actual=$(sha256sum <"$work/$1")
  elif has shasum; then
    actual=$(shasum -a 256 <"$work/$1")
  else
    actual=$(openssl dgst -sha256 -r <"$work/$1")
  fi
  actual=${actual%% *}
  [ "$actual" = "$expected" ] || fail "The checksum of '$1' is wrong ($actual instead of $expected): nothing was installed."
}

# Whether tar unpacks xz here, as it does on macOS, and on Linux where xz is installed: by an archive with nothing in it.
reads_xz() {
  has tar || return 1
  {
    printf '\3757zXZ\0\0\1i"\3366\2\0!\1\34\0\0\0\20\317X\314\340\3\377\0\13]\0\0o\375\377\377'
    printf '\243\267\177F2\0\0\0.\257\265\357\0\1#\200\10\0\0\0008;?6>0\15\213\2\0\0\0\0\1YZ'
  } | tar -tJf - >/dev/null 2>&1
}

# What is taken of the release, to 'archive': of a folder what is there, of the network the smallest that can be unpacked.
choose_archive() {
  archive=$name.gz
  if [ -z "$from" ]; then
    if reads_xz; then archive=$name.tar.xz; fi
  elif [ ! -r "$from/$name.gz" ]; then
    if [ -r "$from/$name" ]; then
      archive=$name
    elif [ -r "$from/$name.tar.xz" ]; then
      archive=$name.tar.xz
      reads_xz || fail "There is no tar here that unpacks '$archive': install xz, or get '$name.gz'."
    fi
  fi
}

unpack() {
  case $archive in
    *.tar.xz)
      tar -xmJf - -C "$work" orch <"$work/$archive" 2>/dev/null || return 1
      mv "$work/orch" "$work/$name" ;;
    *.gz) gzip -dc "$work/$archive" 2>/dev/null >"$work/$name" ;;
  esac
}

install_orch() {
  name=orch-$(target)
  if [ -z "$from" ]; then
    [ -n "$RELEASES" ] || fail "This install.sh knows no address to download from: give one by --url, or a folder with the files by --from."
    has curl || has wget || fail "There is neither curl nor wget here: install one of them."
  fi
  choose_archive
  case $archive in *.gz) has gzip || fail "There is no gzip here: install it." ;; esac
  has sha256sum || has shasum || has openssl ||
    fail "There is neither sha256sum, shasum nor openssl here, which the checksum needs: install one of them."
  [ "$(uname -s)" != Linux ] || [ -e /proc/self ] || fail "There is no /proc here, without which orch does not run: mount -t proc proc /proc"
  [ ! -d "$to/orch" ] || fail "'$to/orch' is a folder: choose another place by --to FOLDER."

  trap clean_up EXIT
  trap 'exit 1' HUP INT TERM
  make "$to"
  make "$record"
  for folder in "$to" "$record"; do
    [ -w "$folder" ] || fail "'$folder' cannot be written: choose another folder by --to FOLDER."
  done
  # In the folder itself, so that the last step is one rename, also while another orch runs there.
  remove_leftovers
  work=$to/.orch-install-$$
  rm -rf "$work"
  mkdir "$work" 2>/dev/null || fail_to_write "'$to' cannot be written: choose another folder by --to FOLDER."

  fetch checksums.txt
  # A release of before has no smaller archive.
  if [ -z "$from" ] && ! grep -q "  $archive\$" "$work/checksums.txt"; then
    archive=$name.gz
    has gzip || fail "There is no gzip here: install it."
  fi
  fetch "$archive"
  check "$archive"
  if [ "$archive" != "$name" ]; then
    unpack || fail_to_write "'$archive' cannot be unpacked in '$to'."
    check "$name"
  fi
  chmod 755 "$work/$name"
  if ! found=$("$work/$name" --version 2>&1); then
    hint=
    case $found in *libstdc++* | *libgcc*) hint=" On Alpine: apk add libstdc++" ;; esac
    fail "The executable does not run here: $(echo "$found" | head -n 1).$hint"
  fi
  if [ -e "$to/orch" ]; then was=$("$to/orch" --version 2>/dev/null </dev/null) || was="one that does not run"; fi
  case $was in
    '' | 'orch '* | 'one that'*) ;;
    *) fail "'$to/orch' is another program ($(echo "$was" | head -n 1)): choose another folder by --to FOLDER." ;;
  esac

  grep "  $name\$" "$work/checksums.txt" >"$work/own" # of all lines its own
  mv -f "$work/$name" "$to/orch" 2>/dev/null || fail "'$to/orch' cannot be replaced: run this as the user who installed it."
  mv -f "$work/own" "$record/checksums.txt"
  if [ -n "$made" ]; then printf '%s' "$made" >>"$record/folders.txt"; fi
  made=
  echo "Wrote $to/orch ($found)"
  echo "Wrote $record/checksums.txt"
  say_what_next
}

say_what_next() {
  if [ -n "$was" ]; then
    echo "It replaces $was. Servers and agents that run keep the old one until you start them again."
  fi
  case :${PATH:-}: in
    *:"$to":*) ;;
    *)
      echo "'$to' is not on your PATH. Add it, here and in ~/.profile: export PATH=\"$to:\$PATH\""
      return ;;
  esac
  first=$(command -v orch)
  # shellcheck disable=SC3013 # by another path it may be the same; shells without -ef name it
  if [ "$first" = "$to/orch" ] || [ "$first" -ef "$to/orch" ]; then
    echo "Try it: orch dev"
  else
    echo "Another orch comes first on your PATH: $first"
  fi
}

remove_orch() {
  for unit in orch orch-agent; do
    for folder in "${XDG_CONFIG_HOME:-${HOME:-}/.config}/systemd/user" /etc/systemd/system; do
      if grep -qsF "\"$to/orch\"" "$folder/$unit.service"; then
        fail "'$folder/$unit.service' runs this orch: remove the service first, as 'orch service uninstall --help' says."
      fi
    done
  done
  remove_leftovers
  [ -e "$to/orch" ] || [ -e "$record/checksums.txt" ] || fail "There is no orch in '$to': say by --to FOLDER where it is."
  empty=$(cat "$record/folders.txt" 2>/dev/null) || empty=
  for file in "$to/orch" "$record/checksums.txt" "$record/folders.txt"; do
    [ -e "$file" ] || continue
    rm -f "$file" 2>/dev/null || fail "'$file' cannot be removed: run this as the user who installed it."
    echo "Removed $file"
  done
  remove_empty "$empty
"
  echo "The home of orch, with its data, was left as it is."
}

main() {
  read_options "$@"
  choose_folders
  if [ "$doing" = uninstall ]; then remove_orch; else install_orch; fi
}

main "$@"
