// Who is signed in decides what there is to see: the sign-in page, or the places. Each sign-in starts with nothing of the one before.
// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { BrowserRouter, Route, Routes } from 'react-router';
import { useMutation, useQuery, type OperationResult } from 'urql';
import { StepUpGate } from './forms/step_up_gate';
import { LogoutDocument, MeDocument, type MeQuery } from './generated/graphql';
import { isUnauthenticated } from './graphql/client';
import { NetworkProvider } from './live/network_context';
import { placeRoutes, publicRoutes, signInPage } from './routes';
import { ScopeProvider } from './scope';
import { SessionProvider } from './session';
import { Home } from './shell/home';
import { NotFound } from './shell/not_found';
import { PageFrame } from './shell/page_frame';
import { Shell } from './shell/shell';
import { Button } from './ui/button';
import { Empty } from './ui/empty';
import { showToast, Toasts } from './ui/toasts';

type Answer = Pick<OperationResult<MeQuery>, 'data' | 'error'>;

/** `firstAnswer`: who is signed in, asked before there was a page. */
export function App({ firstAnswer }: { firstAnswer: Promise<Answer> }) {
  const [signIns, setSignIns] = useState(0);
  const onSignedIn = useCallback(() => setSignIns((before) => before + 1), []);
  return (
    <BrowserRouter useTransitions={false}>
      <Routes>
          {publicRoutes.map(({ path, Page }) => (
            <Route key={path} path={path} element={frame(<Page />)} />
          ))}
          <Route path="*" element={<SignedIn key={signIns} first={signIns === 0 ? firstAnswer : null} onSignedIn={onSignedIn} />} />
      </Routes>
      <StepUpGate />
      <Toasts />
    </BrowserRouter>
  );
}

const SignIn = signInPage;
const frame = (page: ReactNode, name: string | null = null) => <PageFrame name={name}>{page}</PageFrame>;

/** Who is signed in: as `first` answers, when it was asked already; asked again when that failed. */
function useMe(first: Promise<Answer> | null) {
  const [early, setEarly] = useState<Answer | null>(null);
  useEffect(() => void first?.then(setEarly), [first]);
  const [later, ask] = useQuery({ query: MeDocument, pause: first !== null });
  const { data, error } = later.data || later.error || !early ? later : early;
  return { data, error, isAsking: later.fetching, ask };
}

function SignedIn({ first, onSignedIn }: { first: Promise<Answer> | null; onSignedIn: () => void }) {
  const { t } = useTranslation();
  const { data, error, isAsking, ask } = useMe(first);
  const [, logout] = useMutation(LogoutDocument);
  const [over, setOver] = useState<'ended' | 'signedOut' | null>(null);
  const ended = useCallback(() => setOver('ended'), []);
  const signOut = useCallback(async () => {
    const { error: failed } = await logout({});
    if (failed) showToast({ about: 'session', tone: 'danger', content: t('menu.notSignedOut') });
    else setOver('signedOut');
  }, [logout, t]);

  if (over || isUnauthenticated(error) || (data && !data.me)) {
    return frame(<SignIn sessionEnded={over === 'ended'} onSignedIn={onSignedIn} />);
  }
  if (data?.me) {
    return (
      <SessionProvider me={data.me} signOut={signOut} ended={ended}>
        <ScopeProvider>
          <NetworkProvider>
            <Places />
          </NetworkProvider>
        </ScopeProvider>
      </SessionProvider>
    );
  }
  if (error && !isAsking) {
    return (
      <main>
        <Empty title={t('app.unreachable')} text={t('failed.text')}>
          <Button look="primary" onClick={() => ask()}>
            {t('actions.retry')}
          </Button>
        </Empty>
      </main>
    );
  }
  return <p className="text-muted p-8 text-center">{t('app.loading')}</p>;
}

function Places() {
  const { t } = useTranslation();
  return (
    <Routes>
      <Route element={<Shell />}>
        <Route index element={<Home />} />
        {placeRoutes.map(({ path, name, Page }) => (
          <Route key={path} path={path} element={frame(<Page />, name && t(`places.${name}`))} />
        ))}
        <Route path="*" element={<NotFound />} />
      </Route>
    </Routes>
  );
}
