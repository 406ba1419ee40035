// The second step of signing in: the code of an authenticator, or a recovery code.
// SPDX-License-Identifier: Apache-2.0
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { FinishLoginDocument } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Field } from '../../forms/field';
import { Problems } from '../../forms/problems';
import { Button } from '../../ui/button';

export function SecondStep({ challenge, onSignedIn, onBack }: { challenge: string; onSignedIn: () => void; onBack: () => void }) {
  const { t } = useTranslation('sign_in');
  const finish = useAct(FinishLoginDocument);
  const [isRecovery, setRecovery] = useState(false);
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get('code')).trim();
    if (!code || finish.isBusy) return;
    const { payload } = await finish.run({ input: { challenge, code } });
    if (payload) onSignedIn();
  }
  return (
    <form onSubmit={(event) => void submit(event)} className="panel p-6" data-testid="second-step">
      <h1 className="text-lg font-semibold">{t('secondStep.title')}</h1>
      <p className="text-muted mt-2 leading-relaxed">{t(isRecovery ? 'secondStep.recoveryText' : 'secondStep.text')}</p>
      <Problems of={finish.problems} />
      <Field
        key={String(isRecovery)}
        label={t(isRecovery ? 'secondStep.recoveryCode' : 'secondStep.code')}
        name="code"
        inputMode={isRecovery ? 'text' : 'numeric'}
        autoComplete="one-time-code"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
        required
      />
      <button type="button" className="text-accent mt-2 min-h-6 text-xs hover:underline" onClick={() => setRecovery(!isRecovery)}>
        {t(isRecovery ? 'secondStep.useCode' : 'secondStep.useRecovery')}
      </button>
      <Button type="submit" look="primary" className="mt-5 h-10 w-full" aria-disabled={finish.isBusy}>
        {t(finish.isBusy ? 'busy' : 'submit')}
      </Button>
      <Button look="quiet" className="mt-2 w-full" onClick={onBack}>
        {t('secondStep.back')}
      </Button>
    </form>
  );
}
