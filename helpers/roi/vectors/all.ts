import type { WholeInputs } from '../inputs.ts';
import { buildVectors } from './build.ts';
import { footprintVectors } from './footprint.ts';
import { investmentVectors } from './investment.ts';
import { storyVectors } from './story.ts';
import { valueVectors } from './value.ts';
import type { Vector } from './vector.ts';

/** Every worked example, R.1 to R.12; those of the first two and of the story are about RapidScale's inputs. */
export function vectors(rapidScale: WholeInputs): Vector[] {
  return [
    ...valueVectors(rapidScale),
    ...investmentVectors,
    ...buildVectors,
    ...storyVectors(rapidScale),
    ...footprintVectors,
  ];
}
