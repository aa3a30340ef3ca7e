/** What lessons rely on in an image or in a node: asked of whichever is in use, and judged by what it printed. */

/** Where a contract is looked at: pods that hold each image, and what can be asked of them. */
export interface Site {
  /**
   * Runs a program in a pod.
   *
   * @param pod as kubectl names it, e.g. `curl` or `deployment/hello`
   * @returns everything it printed, and in the last line `exit N`
   */
  readonly inPod: (pod: string, ...argv: readonly string[]) => Promise<string>;
  /** The same through a shell that stays open in the pod, as lessons do. */
  readonly inSession: (pod: string, ...argv: readonly string[]) => Promise<string>;
  /** Runs kubectl in the namespace of the contracts; returns the same. */
  readonly kubectl: (...args: readonly string[]) => Promise<string>;
  /** Runs istioctl; returns the same. */
  readonly istioctl: (...args: readonly string[]) => Promise<string>;
  /** Installs the istiod of the second release under a revision; returns the same. */
  readonly installSecondRelease: (revision: string) => Promise<string>;
  /** Runs the istioctl of the second release; returns the same. */
  readonly secondIstioctl: (...args: readonly string[]) => Promise<string>;
  /** Applies a manifest of the contracts' fixture folder. */
  readonly apply: (file: string) => Promise<void>;
  /** Asks again until what is printed satisfies, or for half a minute; returns what was printed last. */
  readonly until: (ask: () => Promise<string>, holds: (seen: string) => boolean) => Promise<string>;
}

/** One thing that lessons rely on. */
export interface Contract {
  /** E.g. `curl-shell`. */
  readonly name: string;
  /** Recipe of the catalogue that the image has, or `node`. */
  readonly image: string;
  /** What is relied on, one line. */
  readonly expected: string;
  /** Specs rely on it that say this, or whose manifests do. */
  readonly usedBy: RegExp;
  /** What else relies on it, where no spec says so, e.g. `make faults`. */
  readonly alsoUsedBy?: string;
  /** Tells by what was printed that the thing is not there, where it need not be: then nothing was asked. */
  readonly isAbsent?: (seen: string) => boolean;
  /** True if it can only be asked where Istio is installed. */
  readonly inMesh?: true;
  readonly ask: (site: Site) => Promise<string>;
  readonly holds: (seen: string) => boolean;
}
