// Sign in by e-mail and password: an ordinary form, so that password managers know it; errors say what to do.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { LoginDocument } from '../../generated/graphql';
import { Button } from '../../ui/button';
import { Mark } from '../../ui/icons';
import { problemOf, type Problem } from './problem';

export function SignInPage({ sessionEnded, onSignedIn }: { sessionEnded: boolean; onSignedIn: () => void }) {
  const { t } = useTranslation(['sign_in', 'common']);
  const [{ fetching }, login] = useMutation(LoginDocument);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [visible, setVisible] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    document.title = `${t('title')} – Vivi`;
  }, [t]);
  useEffect(() => {
    if (problem) form.current?.querySelector<HTMLInputElement>(`[name=${problem.field}]`)?.focus();
  }, [problem]);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (fetching) return;
    const fields = new FormData(event.currentTarget);
    const email = String(fields.get('email')).trim();
    const password = String(fields.get('password'));
    if (!email) return setProblem({ key: 'emailMissing', field: 'email' });
    if (!password) return setProblem({ key: 'passwordMissing', field: 'password' });
    setProblem(null);
    const found = problemOf(await login({ input: { email, password } }));
    if (found) setProblem(found);
    else onSignedIn();
  }

  const field = (name: 'email' | 'password') => ({
    id: name,
    name,
    className: 'field h-10 w-full',
    'aria-invalid': problem?.field === name || undefined,
    'aria-describedby': problem?.field === name ? 'problem' : undefined,
  });
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center px-5 py-10">
      <div className="mb-7 flex items-center gap-3">
        <Mark className="size-10" />
        <div>
          <p className="text-xl leading-tight font-semibold tracking-tight">Vivi</p>
          <p className="text-muted">{t('common:app.tagline')}</p>
        </div>
      </div>
      <form ref={form} method="post" noValidate onSubmit={(event) => void submit(event)} className="panel p-6" data-testid="sign-in">
        <h1 className="text-lg font-semibold">{t('title')}</h1>
        {sessionEnded && !problem && <p className="text-warn mt-2">{t('ended')}</p>}
        <div role="alert" id="problem" data-testid="sign-in-problem" data-problem={problem?.key}>
          {problem && <p className="bg-danger-soft text-danger mt-3 rounded-md px-3 py-2">{t(`errors.${problem.key}`)}</p>}
        </div>
        <label htmlFor="email" className="mt-4 mb-1.5 block font-medium">
          {t('email')}
        </label>
        <input {...field('email')} type="email" inputMode="email" autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus required />
        <div className="mt-4 mb-1.5 flex items-baseline justify-between">
          <label htmlFor="password" className="font-medium">
            {t('password')}
          </label>
          <button type="button" className="text-accent min-h-6 px-1 text-xs hover:underline" onClick={() => setVisible(!visible)}>
            {visible ? t('hide') : t('show')}
          </button>
        </div>
        <input {...field('password')} type={visible ? 'text' : 'password'} autoComplete="current-password" required />
        <Button type="submit" look="primary" className="mt-6 h-10 w-full" aria-disabled={fetching}>
          {fetching ? t('busy') : t('submit')}
        </Button>
      </form>
      <p className="text-muted mt-5 text-center text-xs">{t('help')}</p>
    </main>
  );
}
