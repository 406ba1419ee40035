// A forgotten password: a link is mailed; the answer is the same whether somebody has that e-mail or not.
// SPDX-License-Identifier: Apache-2.0
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { RequestPasswordResetDocument } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Field } from '../../forms/field';
import { Problems } from '../../forms/problems';
import { Button } from '../../ui/button';

export function Forgotten({ email, onBack }: { email: string; onBack: () => void }) {
  const { t, i18n } = useTranslation('sign_in');
  const ask = useAct(RequestPasswordResetDocument);
  const [sentTo, setSentTo] = useState<string | null>(null);
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const typed = String(new FormData(event.currentTarget).get('email')).trim();
    if (!typed || ask.isBusy) return;
    const { payload } = await ask.run({ input: { email: typed, language: i18n.language === 'fr' ? 'FR' : 'EN' } });
    if (payload) setSentTo(typed);
  }
  return (
    <form onSubmit={(event) => void submit(event)} className="panel p-6" data-testid="forgotten">
      <h1 className="text-lg font-semibold">{t('forgotten.title')}</h1>
      {sentTo ? (
        <p role="status" className="mt-3 leading-relaxed" data-testid="forgotten-sent">
          {t('forgotten.sent', { email: sentTo })}
        </p>
      ) : (
        <>
          <p className="text-muted mt-2 leading-relaxed">{t('forgotten.text')}</p>
          <Problems of={ask.problems} />
          <Field label={t('email')} name="email" type="email" inputMode="email" autoComplete="username" autoCapitalize="none" spellCheck={false} defaultValue={email} autoFocus required />
          <Button type="submit" look="primary" className="mt-5 h-10 w-full" aria-disabled={ask.isBusy}>
            {t('forgotten.submit')}
          </Button>
        </>
      )}
      <Button look="quiet" className="mt-2 w-full" onClick={onBack}>
        {t('secondStep.back')}
      </Button>
    </form>
  );
}
