// The guest's side of an invitation: who invites to what, then an account of their own, or the one they have.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Route, Routes, useLocation } from 'react-router';
import { AcceptInvitationDocument, InvitationOfferDocument, LogoutDocument, MeDocument, type InvitationOfferQuery } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Field } from '../../forms/field';
import { Loaded } from '../../forms/loaded';
import { Problems } from '../../forms/problems';
import { useFresh } from '../../forms/use_fresh';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { Doorstep } from '../../parts/doorstep';
import { SignInPage } from '../sign_in/sign_in_page';
import { ConfirmPage } from './confirm_page';
import { ResetPage } from './reset_page';

type Offer = NonNullable<InvitationOfferQuery['invitation']>;

/** Where links of letters lead (letters.ts); their tokens are in the fragment. */
export function JoinPage() {
  return (
    <Routes>
      <Route path="reset" element={<ResetPage />} />
      <Route path="confirm" element={<ConfirmPage />} />
      <Route path="*" element={<Invitation />} />
    </Routes>
  );
}

function Invitation() {
  const { t } = useTranslation('join');
  const { hash } = useLocation();
  const token = hash.slice(1);
  const offer = useFresh(InvitationOfferDocument, { token }, { pause: !token });
  useEffect(() => {
    document.title = `${t('title')} – Vivi`;
  }, [t]);
  return (
    <Loaded data={token ? offer.data : { invitation: null }} error={offer.error} retry={offer.again}>
      {({ invitation }) =>
        invitation ? (
          <Invited key={token} offer={invitation} token={token} />
        ) : (
          <main>
            <Empty title={t('over.title')} text={t('over.text')}>
              <a href="/" className="text-accent inline-block min-h-6 font-medium hover:underline">
                {t('over.home')}
              </a>
            </Empty>
          </main>
        )
      }
    </Loaded>
  );
}

function Invited({ offer, token }: { offer: Offer; token: string }) {
  const me = useFresh(MeDocument, {});
  const [isSigningIn, setSigningIn] = useState(false);
  if (isSigningIn) {
    const signedIn = () => {
      setSigningIn(false);
      me.again();
    };
    return <SignInPage sessionEnded={false} email={offer.email} onSignedIn={signedIn} />;
  }
  return (
    <Loaded data={me.data} error={me.error} retry={me.again}>
      {(data) => <Accept offer={offer} token={token} me={data.me?.email ?? null} onSignIn={() => setSigningIn(true)} onSignedOut={me.again} />}
    </Loaded>
  );
}

interface AcceptProps {
  offer: Offer;
  token: string;
  /** Who is signed in here. */
  me: string | null;
  onSignIn: () => void;
  onSignedOut: () => void;
}

function Accept({ offer, token, me, onSignIn, onSignedOut }: AcceptProps) {
  const { t, i18n } = useTranslation(['join', 'common']);
  const accept = useAct(AcceptInvitationDocument);
  const logout = useAct(LogoutDocument);
  const code = accept.problems[0]?.code;

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (accept.isBusy) return;
    const fields = new FormData(event.currentTarget);
    const own = me ? {} : { name: String(fields.get('name')).trim(), password: String(fields.get('password')) };
    const { payload } = await accept.run({ input: { token, ...own, language: i18n.language === 'fr' ? 'FR' : 'EN' } });
    if (payload) window.location.assign(me ? '/' : '/first-run');
  }

  return (
    <Doorstep>
      <form method="post" onSubmit={(event) => void submit(event)} className="panel p-6" data-testid="join">
        <h1 className="text-lg font-semibold text-balance">{t('heading', { organisation: offer.event ?? offer.organisation })}</h1>
        <p className="text-muted mt-2 leading-relaxed">
          {t('text', { inviter: offer.invitedBy || offer.organisation, organisation: offer.organisation, role: t(`roles.${offer.role}`, { ns: 'common' }) })}
        </p>
        <Problems of={accept.problems} />
        {code === 'VERIFY_EMAIL' ? null : me ? (
          <SignedIn me={me} email={offer.email} onSignOut={() => void logout.run({}).then(onSignedOut)} />
        ) : offer.hasAccount || code === 'SIGN_IN_FIRST' ? (
          <Button look="primary" className="mt-5 h-10 w-full" onClick={onSignIn}>
            {t('signIn')}
          </Button>
        ) : (
          <>
            <Field label={t('email')} value={offer.email} autoComplete="username" readOnly />
            <Field label={t('name')} hint={t('nameHint')} name="name" autoComplete="name" maxLength={100} required autoFocus />
            <Field label={t('password')} hint={t('passwordHint')} name="password" type="password" autoComplete="new-password" required />
          </>
        )}
        {code !== 'VERIFY_EMAIL' && code !== 'SIGN_IN_FIRST' && (me ? me.toLowerCase() === offer.email.toLowerCase() : !offer.hasAccount) && (
          <Button type="submit" look="primary" className="mt-5 h-10 w-full" aria-disabled={accept.isBusy}>
            {t(accept.isBusy ? 'busy' : 'submit')}
          </Button>
        )}
      </form>
    </Doorstep>
  );
}

function SignedIn({ me, email, onSignOut }: { me: string; email: string; onSignOut: () => void }) {
  const { t } = useTranslation('join');
  const isOther = me.toLowerCase() !== email.toLowerCase();
  return (
    <div className="mt-4">
      <p>
        {t('signedInAs')} <bdi className="font-medium">{me}</bdi>
      </p>
      {isOther && (
        <>
          <p className="text-warn mt-2">{t('otherAccount', { email })}</p>
          <Button className="mt-3 w-full" onClick={onSignOut}>
            {t('signOut')}
          </Button>
        </>
      )}
    </div>
  );
}
