// Sign in by e-mail and password: an ordinary form, so that password managers know it; errors say what to do. Then a code, for who wants one.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { LoginDocument } from '../../generated/graphql';
import { Doorstep } from '../../parts/doorstep';
import { Button } from '../../ui/button';
import { Forgotten } from './forgotten';
import { problemOf, type Problem } from './problem';
import { SecondStep } from './second_step';

interface Props {
  sessionEnded: boolean;
  /** To begin with. */
  email?: string;
  onSignedIn: () => void;
}

type Step = { name: 'password' } | { name: 'code'; challenge: string } | { name: 'forgotten'; email: string };

export function SignInPage({ sessionEnded, email = '', onSignedIn }: Props) {
  const { t } = useTranslation('sign_in');
  const [step, setStep] = useState<Step>({ name: 'password' });
  const back = () => setStep({ name: 'password' });
  useEffect(() => {
    document.title = `${t('title')} – Vivi`;
  }, [t]);
  return (
    <Doorstep>
      {step.name === 'password' && (
        <PasswordForm
          sessionEnded={sessionEnded}
          email={email}
          onSignedIn={onSignedIn}
          onChallenge={(challenge) => setStep({ name: 'code', challenge })}
          onForgotten={(typed) => setStep({ name: 'forgotten', email: typed })}
        />
      )}
      {step.name === 'code' && <SecondStep challenge={step.challenge} onSignedIn={onSignedIn} onBack={back} />}
      {step.name === 'forgotten' && <Forgotten email={step.email} onBack={back} />}
      <p className="text-muted mt-5 text-center text-xs">{t('help')}</p>
    </Doorstep>
  );
}

interface FormProps extends Required<Props> {
  onChallenge: (challenge: string) => void;
  onForgotten: (email: string) => void;
}

function PasswordForm({ sessionEnded, email: known, onSignedIn, onChallenge, onForgotten }: FormProps) {
  const { t } = useTranslation('sign_in');
  const [{ fetching }, login] = useMutation(LoginDocument);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [visible, setVisible] = useState(false);
  const form = useRef<HTMLFormElement>(null);
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
    const answer = await login({ input: { email, password } });
    const challenge = answer.data?.login.challenge;
    if (challenge) return onChallenge(challenge);
    const found = problemOf(answer);
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
    <form ref={form} method="post" noValidate onSubmit={(event) => void submit(event)} className="panel p-6" data-testid="sign-in">
      <h1 className="text-lg font-semibold">{t('title')}</h1>
      {sessionEnded && !problem && <p className="text-warn mt-2">{t('ended')}</p>}
      <div role="alert" id="problem" data-testid="sign-in-problem" data-problem={problem?.key}>
        {problem && <p className="bg-danger-soft text-danger mt-3 rounded-md px-3 py-2">{t(`errors.${problem.key}`)}</p>}
      </div>
      <label htmlFor="email" className="mt-4 mb-1.5 block font-medium">
        {t('email')}
      </label>
      <input {...field('email')} type="email" inputMode="email" autoComplete="username" autoCapitalize="none" spellCheck={false} defaultValue={known} autoFocus={!known} required />
      <div className="mt-4 mb-1.5 flex items-baseline justify-between">
        <label htmlFor="password" className="font-medium">
          {t('password')}
        </label>
        <button type="button" className="text-accent min-h-6 px-1 text-xs hover:underline" onClick={() => setVisible(!visible)}>
          {visible ? t('hide') : t('show')}
        </button>
      </div>
      <input {...field('password')} type={visible ? 'text' : 'password'} autoComplete="current-password" autoFocus={Boolean(known)} required />
      <Button type="submit" look="primary" className="mt-6 h-10 w-full" aria-disabled={fetching}>
        {fetching ? t('busy') : t('submit')}
      </Button>
      <button
        type="button"
        className="text-accent mt-3 block min-h-6 w-full text-center text-xs hover:underline"
        onClick={(event) => onForgotten(event.currentTarget.form?.querySelector<HTMLInputElement>('[name=email]')?.value.trim() ?? '')}
        data-testid="forgotten-open"
      >
        {t('forgotten.open')}
      </button>
    </form>
  );
}
