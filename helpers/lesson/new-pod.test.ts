import { expect, test, vi } from 'vitest';

import { Recorder } from '../record/recorder.ts';
import type { LessonCluster } from './lesson-cluster.ts';
import type { Lesson } from './lesson.ts';
import { newGuardedPod } from './new-pod.ts';

function lesson() {
  const kubectl = vi.fn<() => Promise<void>>(async () => {});
  const measure = vi.fn<() => Promise<void>>(async () => {});
  const recorder = new Recorder();
  const scene = {
    lesson: { measure, recorder } as unknown as Lesson,
    cluster: { kubectl } as unknown as LessonCluster,
  };
  return { kubectl, measure, scene, recorder };
}

/** Pods that get through one after another, before one does not. */
const through = (times: number) => {
  let pods = 0;
  return async () => {
    pods += 1;
    return pods <= times;
  };
};

test.each([0, 1, 2])(
  'where %i new pods got through before one was guarded, that is a figure and no failure',
  async (times) => {
    const { scene, kubectl, measure } = lesson();
    await newGuardedPod(scene, 'deployment/backend', 'm1.e8.a1', through(times));
    expect(kubectl).toHaveBeenCalledTimes(times + 1);
    expect(measure).toHaveBeenCalledWith('m1.e8.a1', expect.stringContaining('got through'), times, 'pods');
  },
);

test('what was found of a pod that got through is done again, and marked so', async () => {
  const { scene, recorder } = lesson();
  await recorder.find('it was there before', 'yes');
  const again = through(1);
  await newGuardedPod(scene, 'deployment/backend', 'm1.e8.a1', async () => {
    await recorder.find('a new pod', 'is there');
    return again();
  });
  expect(recorder.findings.map(({ superseded }) => superseded)).toEqual([undefined, true, undefined]);
});

test('three in a row are no chance any more: the policy does not hold for new pods', async () => {
  const { scene, kubectl, measure } = lesson();
  await expect(newGuardedPod(scene, 'deployment/backend', 'm1.e8.a1', through(9))).rejects.toMatchObject({
    sawAnswer: true,
    message: expect.stringContaining('in a row got through'),
  });
  expect(kubectl).toHaveBeenCalledTimes(3);
  expect(measure).not.toHaveBeenCalled();
});
