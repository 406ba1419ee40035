// Where "is it still you?" appears, above every page; the question is loaded when it is first asked.
// SPDX-License-Identifier: Apache-2.0
import { lazy, Suspense } from 'react';
import { loadTexts } from '../i18n';
import { useStore } from '../live/paced_store';
import { stepUpQuestion } from './step_up_store';

const StepUpDialog = lazy(async () => {
  const [file] = await Promise.all([import('./step_up'), loadTexts('forms')]);
  return { default: file.StepUpDialog };
});

export function StepUpGate() {
  const question = useStore(stepUpQuestion);
  return <Suspense>{question && <StepUpDialog answer={question.answer} />}</Suspense>;
}
