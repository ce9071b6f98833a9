#!/bin/sh
# Puts orch into the image of a dev container. Runs as root when the image is built, with the options as variables.
# Files of a release in this folder (checksums.txt and orch-linux-*.gz) are taken instead of the network.
set -eu
cd "$(dirname "$0")"

# Alpine has no C++ library by itself, slim images of Debian nothing that downloads.
if command -v apk >/dev/null; then
  apk add --no-cache libstdc++ >/dev/null
elif [ ! -e checksums.txt ] && ! command -v curl >/dev/null && ! command -v wget >/dev/null && command -v apt-get >/dev/null; then
  apt-get update && apt-get install -y --no-install-recommends curl ca-certificates
fi

set -- --to /usr/local/bin --version "${VERSION:-latest}"
if [ -e checksums.txt ]; then set -- "$@" --from "$PWD"; fi
if [ -n "${URL:-}" ]; then set -- "$@" --url "$URL"; fi
sh ./get-orch.sh "$@"

# The volume takes these rights from the image: the user of the container, whose number is known later, makes the home in it.
mkdir -p /var/lib/orch /usr/local/share/orch
chmod 1777 /var/lib/orch

quoted() {
  printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\''/g")"
}

cat >/usr/local/share/orch/start.sh <<START
#!/bin/sh
# Starts orch's server with the container, unless it runs already.
[ $(quoted "${SERVER:-true}") = true ] || exit 0
orch server status >/dev/null 2>&1 && exit 0
port=$(quoted "${PORT:-4200}")
queue=$(quoted "${QUEUE-default}")
exec orch server start --background --port "\$port" \${queue:+--agent "\$queue"}
START
chmod 755 /usr/local/share/orch/start.sh
