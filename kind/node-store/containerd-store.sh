#!/bin/bash
# The images of the node, unpacked when it is built and mounted when it starts.
#   containerd-store bake ARCHIVE   unpack a docker archive into /opt/baked (the image is then committed)
#   containerd-store mount          lay /opt/baked under /var/lib/containerd: metadata is copied, file trees are bound
set -euo pipefail

root=/var/lib/containerd
baked=/opt/baked
trees=io.containerd.snapshotter.v1.overlayfs/snapshots

bake() {
  containerd &
  until ctr version >/dev/null 2>&1; do sleep 0.1; done
  ctr --namespace k8s.io images import --local --discard-unpacked-layers --snapshotter overlayfs "$1"
  # The sandbox image and everything else imported must outlive the garbage collector.
  ctr --namespace k8s.io images list --quiet
  kill %1
  wait %1 || true
  mkdir -p "$baked"
  cp -a "$root/." "$baked/"
}

lay() {
  # Overlay file systems cannot be stacked for writing, but as lower layers they can: so the big trees stay where they are.
  (cd "$baked" && tar -c --exclude="./$trees/*" .) | tar -x -C "$root"
  for tree in "$baked/$trees"/*; do
    mkdir -p "$root/$trees/${tree##*/}"
    mount --bind "$tree" "$root/$trees/${tree##*/}"
  done
}

case ${1:-} in
  bake) bake "$2" ;;
  mount) lay ;;
  *) echo "usage: containerd-store bake ARCHIVE | mount" >&2; exit 2 ;;
esac
