// Asks for the password, or a code, before something that cannot be taken back.
// SPDX-License-Identifier: Apache-2.0
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation, useQuery } from 'urql';
import { MySecondFactorDocument, StepUpDocument } from '../generated/graphql';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { outcomeOf, type Problem } from './act';
import { Field } from './field';
import { Problems } from './problems';

export function StepUpDialog({ answer }: { answer: (isProven: boolean) => void }) {
  const { t } = useTranslation('forms');
  const [{ data }] = useQuery({ query: MySecondFactorDocument });
  const [{ fetching }, stepUp] = useMutation(StepUpDocument);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const [byCode, setByCode] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    event.stopPropagation();
    const typed = String(new FormData(event.currentTarget).get('proof')).trim();
    if (!typed || fetching) return;
    const result = await stepUp({ input: byCode ? { code: typed } : { password: typed } });
    const outcome = outcomeOf(result.data, result.error);
    if (outcome.payload) answer(true);
    else setProblems(outcome.problems);
  }

  return (
    <Dialog title={t('stepUp.title')} onClose={() => answer(false)}>
      <form onSubmit={(event) => void submit(event)} data-testid="step-up">
        <p className="text-muted mt-2">{t('stepUp.text')}</p>
        <Problems of={problems} />
        <Field
          key={String(byCode)}
          label={t(byCode ? 'stepUp.code' : 'stepUp.password')}
          name="proof"
          type={byCode ? 'text' : 'password'}
          autoComplete={byCode ? 'one-time-code' : 'current-password'}
          autoFocus
          required
        />
        {data?.secondFactor.isOn && (
          <button type="button" className="text-accent mt-2 min-h-6 text-xs hover:underline" onClick={() => setByCode(!byCode)}>
            {t(byCode ? 'stepUp.byPassword' : 'stepUp.byCode')}
          </button>
        )}
        <div className="mt-5 flex flex-wrap justify-end gap-2">
          <Button onClick={() => answer(false)}>{t('cancel')}</Button>
          <Button type="submit" look="primary" aria-disabled={fetching}>
            {t(fetching ? 'busy' : 'stepUp.submit')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
