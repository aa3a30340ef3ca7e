import { askDebian } from './debian.ts';
import { askGo } from './go-modules.ts';
import { askImages } from './images.ts';
import { askNpm } from './npm.ts';
import type { Answer } from './offer.ts';
import { askWheels } from './wheels.ts';

/** Asks each registry about what the project takes from it, one after another, and hears each answer when it comes. */
export async function askRegistries(hear: (answer: Answer) => void): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const ask of [askNpm, askGo, askWheels, askDebian, askImages]) {
    const answer = await ask();
    hear(answer);
    answers.push(answer);
  }
  return answers;
}
