/** Every deadline of the suite, in milliseconds, each with the reason for its size. */
export const timeouts = {
  /** Container start to node Ready; 20 s on two cores, a busy machine takes three times as long. */
  nodeReadyMs: 180_000,
  /** Pods of a set-up: images are on the node, so this is scheduling, sandbox and start of some ten pods at once. */
  podsReadyMs: 90_000,
  /** One policy or route to reach the data plane: istiod pushes within a second, a NetworkPolicy engine within one. */
  settleMs: 30_000,
  /** A connection that nobody answers to be given up: gRPC waits twenty seconds for one (its minConnectTimeout). */
  connectionGivenUpMs: 60_000,
  /** Another cluster's API server to be listed after an outage: client-go asks again after up to thirty seconds. */
  remoteClusterMs: 60_000,
  /** The same as settleMs when the lesson manifest is withheld: long enough for a change that did happen to show itself. */
  settleWithoutManifestMs: 6_000,
  /** A namespace and everything in it to be gone; pods of the casts stop within a second, their volumes follow. */
  namespaceGoneMs: 90_000,
  /** istioctl install, from nothing to an available istiod. */
  istioReadyMs: 180_000,
  /** One command in a pod or one call of kubectl; far above any probe's own limit. */
  commandMs: 60_000,
  /** Calls made while something else is done: ten releases and their undoing take 25 s, on a busy machine six times as long. */
  loadMs: 200_000,
  /** The same where a person says when the next step begins: a demonstration takes five minutes, and then there are questions. */
  watchedLoadMs: 900_000,
  /** One answer of the API server, or one connection to a pod by it: milliseconds, on a busy machine a second. */
  requestMs: 20_000,
  /** Whole exercise: set-up and steps; the longest load is part of one. */
  exerciseMs: 300_000,
  /** What was wrong with an exercise to be looked into, and what it changed to be taken back. */
  cleanupMs: 180_000,
  /** Claims before this one to end on the set-up that they share: the longest exercise has six, which take half a minute each. */
  turnMs: 600_000,
  /** Figures over fifteen seconds to be of one kind, before and after something broke: a window, and names that are looked up in vain. */
  incidentMs: 45_000,
  /** A container registry's answer; no answer in three seconds counts as out of reach. */
  registryMs: 3_000,
  /** Every image of the course to be pulled on every node: by estimate 1 GB, on a line of 10 Mbit/s a quarter of an hour. */
  imagesPullMs: 1_200_000,
  /** One image of a few hundred megabytes to be pulled, and its pod to be ready. */
  imagePullMs: 300_000,
  /** A command for which nobody has set a limit; some wait for an image by themselves, and say so when it does not come. */
  anyCommandMs: 360_000,
  /** The container engine's socket to answer after its service was started. */
  engineReadyMs: 20_000,
} as const;
