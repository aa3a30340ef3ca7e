#!/bin/bash
# One Kubernetes node in one container, under the contract that K3sContainer expects of rancher/k3s:
# it is started as `server --cluster-cidr=RANGE --service-cidr=RANGE [--tls-san NAME]...`, asks the mirrors of /etc/rancher/k3s/registries.yaml, leaves an admin kubeconfig in /etc/rancher/k3s/k3s.yaml, and prints
# "Node controller sync successful" when pods can be scheduled.
set -euo pipefail

say() { printf '%6.1fs %s\n' "$(( $(date +%s%N) / 1000000 - started ))e-3" "$*"; }
started=$(( $(date +%s%N) / 1000000 ))

sans=(localhost 127.0.0.1)
POD_RANGE=10.244.0.0/16
SERVICE_RANGE=10.96.0.0/16
while [ $# -gt 0 ]; do
  case $1 in
    --tls-san=*) IFS=, read -ra names <<<"${1#*=}"; sans+=("${names[@]}") ;;
    --cluster-cidr=*) POD_RANGE=${1#*=} ;;
    --service-cidr=*) SERVICE_RANGE=${1#*=} ;;
    --tls-san) shift; IFS=, read -ra names <<<"$1"; sans+=("${names[@]}") ;;
  esac
  shift
done

mount --make-rshared /
mount -o remount,rw /proc/sys 2>/dev/null || true
sysctl -qw net.ipv4.ip_forward=1
containerd-store mount
say "images laid out"

NODE_IP=$(hostname -i | cut -d' ' -f1)
CERT_SANS=$(printf '%s", "' "${sans[@]}")$NODE_IP
# The first node's part of each range, and the address of DNS, as Kubernetes itself would choose them.
NODE_RANGE=${POD_RANGE%/*}/24
DNS_IP=${SERVICE_RANGE%.*}.10
. /etc/mesh-mastery/versions.env
# A file of the node with its placeholders filled in.
fill() {
  local text name
  text=$(<"/etc/mesh-mastery/$1")
  for name in NODE_IP CERT_SANS POD_RANGE NODE_RANGE SERVICE_RANGE DNS_IP KUBERNETES_VERSION ETCD_TAG COREDNS_TAG; do
    text=${text//"\${$name}"/${!name}}
  done
  printf '%s\n' "$text"
}
fill masquerade.nft | nft -f -
fill 10-pods.conflist >/etc/cni/net.d/10-pods.conflist

if [ -f /etc/rancher/k3s/registries.yaml ]; then node /opt/registry-mirror.mjs; fi
start-containerd &
fill kubeadm.yaml >/etc/kubernetes/kubeadm.yaml
until [ -S /run/containerd/containerd.sock ]; do sleep 0.05; done
say "containerd is up"

keep-kubelet &
if ! kubeadm init --config /etc/kubernetes/kubeadm.yaml --skip-token-print 2>&1 | sed 's/^/kubeadm: /'; then
  say "kubeadm failed; the last lines of the kubelet's log:"
  tail -n 40 /var/log/kubelet.log || true
  exit 1
fi
say "control plane is up"

export KUBECONFIG=/etc/kubernetes/admin.conf
fill coredns.yaml | kubectl apply --server-side -f - >/dev/null
mkdir -p /etc/rancher/k3s
sed 's#server: .*#server: https://127.0.0.1:6443#' "$KUBECONFIG" >/etc/rancher/k3s/k3s.yaml

(
  while true; do
    node /opt/netpol/engine.mjs >>/var/log/netpol.log 2>&1 || true
    sleep 1
  done
) &

kubectl wait --for=condition=Ready nodes --all --timeout=120s >/dev/null
say "node is ready"
echo "Node controller sync successful"
wait
