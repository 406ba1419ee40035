// A new password, with the token of the mailed link.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'react-router';
import { ResetPasswordDocument } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Field } from '../../forms/field';
import { Problems } from '../../forms/problems';
import { Button } from '../../ui/button';
import { Doorstep } from '../../parts/doorstep';

export function ResetPage() {
  const { t } = useTranslation('join');
  const { hash } = useLocation();
  const reset = useAct(ResetPasswordDocument);
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    document.title = `${t('reset.title')} – Vivi`;
  }, [t]);
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (reset.isBusy) return;
    const password = String(new FormData(event.currentTarget).get('password'));
    const { payload } = await reset.run({ input: { token: hash.slice(1), password } });
    if (payload) setDone(true);
  }
  return (
    <Doorstep>
      <form method="post" onSubmit={(event) => void submit(event)} className="panel p-6" data-testid="reset">
        <h1 className="text-lg font-semibold">{t('reset.title')}</h1>
        {isDone ? (
          <>
            <p role="status" className="mt-3 leading-relaxed">
              {t('reset.done')}
            </p>
            <a href="/" className="bg-accent text-on-accent mt-5 flex h-10 items-center justify-center rounded-md font-medium">
              {t('signIn')}
            </a>
          </>
        ) : (
          <>
            <p className="text-muted mt-2 leading-relaxed">{t('reset.text')}</p>
            <Problems of={reset.problems} />
            <Field label={t('reset.password')} hint={t('passwordHint')} name="password" type="password" autoComplete="new-password" autoFocus required />
            <Button type="submit" look="primary" className="mt-5 h-10 w-full" aria-disabled={reset.isBusy}>
              {t('reset.submit')}
            </Button>
          </>
        )}
      </form>
    </Doorstep>
  );
}
