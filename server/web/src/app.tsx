// Who is signed in decides what there is to see: the sign-in page, or the live page. Each sign-in starts with nothing of the one before.
// SPDX-License-Identifier: Apache-2.0
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation, useQuery } from 'urql';
import { LogoutDocument, MeDocument } from './generated/graphql';
import { isUnauthenticated } from './graphql/client';
import { LivePage } from './pages/live/live_page';
import { SignInPage } from './pages/sign_in/sign_in_page';
import { Button } from './ui/button';
import { Empty } from './ui/empty';
import { showToast, Toasts } from './ui/toasts';

export function App() {
  const [signIns, setSignIns] = useState(0);
  const onSignedIn = useCallback(() => setSignIns((before) => before + 1), []);
  return (
    <>
      <Session key={signIns} onSignedIn={onSignedIn} />
      <Toasts />
    </>
  );
}

function Session({ onSignedIn }: { onSignedIn: () => void }) {
  const { t } = useTranslation();
  const [{ data, error, fetching }, askAgain] = useQuery({ query: MeDocument });
  const [, logout] = useMutation(LogoutDocument);
  const [over, setOver] = useState<'ended' | 'signedOut' | null>(null);
  const onSessionEnded = useCallback(() => setOver('ended'), []);

  async function signOut() {
    const { error: failed } = await logout({});
    if (failed) showToast({ about: 'session', tone: 'danger', content: t('menu.notSignedOut') });
    else setOver('signedOut');
  }

  if (over || isUnauthenticated(error) || (data && !data.me)) return <SignInPage sessionEnded={over === 'ended'} onSignedIn={onSignedIn} />;
  if (data?.me) return <LivePage me={data.me} onSignOut={() => void signOut()} onSessionEnded={onSessionEnded} />;
  if (error && !fetching) {
    return (
      <main>
        <Empty title={t('signIn.errors.unreachable')} text={t('routers.failed.text')}>
          <Button look="primary" onClick={() => askAgain()}>
            {t('routers.failed.retry')}
          </Button>
        </Empty>
      </main>
    );
  }
  return <p className="text-muted p-8 text-center">{t('app.loading')}</p>;
}
