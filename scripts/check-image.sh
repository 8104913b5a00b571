#!/usr/bin/env bash
# Builds the Dockerfile's image without a container engine, and runs it: npm run check:image
# Runs Debian's buildah as root, with chroot. Builds the base image, node:24-slim, with debootstrap and this
# project's Node, because an image registry may be unavailable. Skips if a requirement is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

skip() {
  echo "skipped: $*"
  exit 0
}
[ "$(id -u)" = 0 ] || skip 'buildah needs user namespaces if it does not run as root; run this script as root'
for tool in buildah debootstrap; do
  command -v "$tool" > /dev/null || skip "$tool is missing; install it with: apt-get install buildah debootstrap"
done
[ -x node_modules/node/bin/node ] || skip 'node_modules is missing; create it with: npm ci'

work=$(mktemp -d)
storage=(--root "$work/storage" --runroot "$work/run" --storage-driver vfs)
trap 'rm -rf "$work"' EXIT

echo '--- base image'
debootstrap --variant=minbase --include=ca-certificates stable "$work/base" > "$work/debootstrap.log" 2>&1 \
  || { tail -5 "$work/debootstrap.log"; skip 'the Debian mirror cannot be reached'; }
cp node_modules/node/bin/node "$work/base/usr/local/bin/node"
npm_folder=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
mkdir -p "$work/base/usr/local/lib/node_modules"
cp -r "$npm_folder" "$work/base/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$work/base/usr/local/bin/npm"
chroot "$work/base" useradd --uid 1000 --create-home node
base=$(buildah "${storage[@]}" from scratch)
buildah "${storage[@]}" add -q "$base" "$work/base" / > /dev/null
buildah "${storage[@]}" commit -q "$base" docker.io/library/node:24-slim > /dev/null

echo '--- the image'
# The npm settings and trusted certificates that this machine needs to reach a package registry.
settings=$(npm config get userconfig)
{ if [ -f "$settings" ]; then cat "$settings"; fi; echo 'cafile=/trusted.pem'; } > "$work/npmrc"
cat /etc/ssl/certs/ca-certificates.crt ${NODE_EXTRA_CA_CERTS:+"$NODE_EXTRA_CA_CERTS"} > "$work/trusted.pem"
buildah "${storage[@]}" build --isolation chroot --pull=never --network host \
  --volume "$work/npmrc:/root/.npmrc:ro" --volume "$work/trusted.pem:/trusted.pem:ro" \
  --tag spacex-pipeline . > "$work/build.log" 2>&1 || { tail -20 "$work/build.log"; exit 1; }
size() { buildah "${storage[@]}" images --format '{{.Size}}' "$1"; }
echo "base $(size docker.io/library/node:24-slim), image $(size localhost/spacex-pipeline)"

echo '--- a run, and its health, as the user of the image'
container=$(buildah "${storage[@]}" from --pull=never localhost/spacex-pipeline)
inside() { buildah "${storage[@]}" run --isolation chroot --network host "$container" -- "$@"; }
inside sh -c 'test "$(id -un)" = node'
inside spacex-pipeline run --from sandbox --quiet
inside spacex-pipeline query --data-dir /data/sandbox 'SELECT count(*) AS launches FROM launches'
health=$(sed -n 's/^    CMD \(spacex-pipeline config.*\) \\$/\1/p' Dockerfile)
inside sh -c "$health || exit 1"

echo '--- serve'
inside sh -c '
  spacex-pipeline serve --from sandbox --port 18080 > /tmp/out 2> /tmp/err &
  for second in $(seq 60); do grep -q "Serving at" /tmp/out && break; sleep 1; done
  node -e "fetch(\"http://127.0.0.1:18080/readyz\").then((answer) => process.exit(answer.ok ? 0 : 1))"
  kill $!
  wait $!'
echo 'the image works'
