// Who is signed in decides what there is to see: the sign-in page, or the live page.
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
import { Toasts } from './ui/toasts';

export function App() {
  const { t } = useTranslation();
  const [{ data, error, fetching }, askAgain] = useQuery({ query: MeDocument });
  const [, logout] = useMutation(LogoutDocument);
  const [ended, setEnded] = useState(false);
  const [signedOut, setSignedOut] = useState(false);

  const onSignedIn = useCallback(() => {
    setEnded(false);
    setSignedOut(false);
    askAgain();
  }, [askAgain]);
  const onSessionEnded = useCallback(() => {
    setEnded(true);
    setSignedOut(true);
  }, []);
  const onSignOut = useCallback(() => {
    void logout({});
    setSignedOut(true);
  }, [logout]);

  if (signedOut || isUnauthenticated(error) || (data && !data.me)) return <SignInPage sessionEnded={ended} onSignedIn={onSignedIn} />;
  if (data?.me) {
    return (
      <>
        <LivePage me={data.me} onSignOut={onSignOut} onSessionEnded={onSessionEnded} />
        <Toasts />
      </>
    );
  }
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
