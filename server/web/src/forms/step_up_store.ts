// The question "is it still you?": whoever needs the answer waits for it, the dialog that asks is shown once, wherever it was needed.
// SPDX-License-Identifier: Apache-2.0
import { PacedStore } from '../live/paced_store';

interface Question {
  /** True: the person proved who they are. */
  answer(isProven: boolean): void;
}

export const stepUpQuestion = new PacedStore<Question | null>(null);

/** True when the person proved again who they are; false when they would rather not. */
export function askStepUp(): Promise<boolean> {
  stepUpQuestion.latest()?.answer(false);
  return new Promise((resolve) => {
    const answer = (isProven: boolean) => {
      stepUpQuestion.update(null, 'now');
      resolve(isProven);
    };
    stepUpQuestion.update({ answer }, 'now');
  });
}
