import type { Contract } from './contract.ts';

/** Prints to both outputs, reads its input to the end, fails; and whether it has a parent, as only in a session. */
const script = 'echo out; echo err >&2; cat; [ $PPID = 0 ] || echo in a session; exit 3';

/** Images in which specs run commands, and how specs and manifests that need them are known. */
const images: Readonly<Record<string, RegExp>> = {
  curl: /curlimages\/curl/,
  netshoot: /nicolaka\/netshoot/,
  nginx: /library\/nginx/,
  postgres: /library\/postgres/,
  'test-server': /mesh-mastery.dev\/test-server/,
};

/** Commands in containers run through a shell there that stays open; they must not be able to tell. */
export const contractsOfTheSessions: readonly Contract[] = Object.entries(images).map(([image, usedBy]) => ({
  name: `${image}-session`,
  image,
  expected: 'an open shell gives a command what kubectl exec gives it: both outputs, its exit code, no input',
  usedBy,
  ask: async ({ inPod, inSession }) =>
    [await inPod(image, 'sh', '-c', script), await inSession(image, 'sh', '-c', script)].join('\n'),
  holds: (seen) => seen === 'out\nerr\nexit 3\nout\nin a session\nerr\nexit 3',
}));
