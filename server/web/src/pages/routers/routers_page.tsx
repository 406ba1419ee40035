// All routers: those that need somebody first, each with how it is in words, and the way to have another one.
// SPDX-License-Identifier: Apache-2.0
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Route, Routes, useNavigate, useSearchParams } from 'react-router';
import { RouterCardsDocument } from '../../generated/graphql';
import { Loaded } from '../../forms/loaded';
import { useFresh } from '../../forms/use_fresh';
import { counted } from '../../format/quantity';
import { usePlace } from '../../place';
import { useScope, useScopedLink } from '../../scope';
import { PageTitle } from '../../shell/page_title';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { ClaimDialog } from '../../parts/claim_dialog';
import { inOrder, sentencesOf, type RouterCard } from '../../parts/health';
import { Returned } from './returned';
import { RouterPage } from './router_page';
import { StateMark, toneOfHealth } from '../../parts/state_mark';

export function RoutersPage() {
  return (
    <Routes>
      <Route index element={<RouterList />} />
      <Route path=":id" element={<RouterPage />} />
    </Routes>
  );
}

function RouterList() {
  const { t, i18n } = useTranslation('routers');
  const { may } = usePlace();
  const { refresh } = useScope();
  const link = useScopedLink();
  const [params, setParams] = useSearchParams();
  const navigate = useNavigate();
  const code = params.get('code');
  const [isClaiming, setClaiming] = useState(code !== null);
  const { data, error, again } = useFresh(RouterCardsDocument, {}, { everyMs: 5_000 });
  const close = useCallback(() => {
    setClaiming(false);
    setParams((before) => (before.delete('code'), before), { replace: true });
  }, [setParams]);
  const claimed = (id: string) => {
    refresh();
    void navigate(link(`/routers/${id}`));
  };
  const claim = may('MANAGE') && (
    <Button look="primary" onClick={() => setClaiming(true)} data-testid="claim-open">
      {t('claim.open')}
    </Button>
  );
  return (
    <div className="mx-auto w-full max-w-6xl">
      <PageTitle title={t('title')}>{claim}</PageTitle>
      <Loaded data={data} error={error} retry={again}>
        {({ routers }) =>
          routers.length === 0 ? (
            <div className="panel">
              <Empty title={t('none.title')} text={t(may('MANAGE') ? 'none.text' : 'none.ask')}>
                {claim}
              </Empty>
            </div>
          ) : (
            <ul className="grid gap-3 md:grid-cols-2 xl:grid-cols-3">
              {inOrder(routers, i18n.language).map((router) => (
                <Card key={router.id} router={router} />
              ))}
            </ul>
          )
        }
      </Loaded>
      <Returned />
      {isClaiming && may('MANAGE') && <ClaimDialog code={code ?? ''} onClose={close} onClaimed={claimed} />}
      {code !== null && !may('MANAGE') && <p className="text-warn mt-4">{t('claim.notAllowed')}</p>}
    </div>
  );
}

function Card({ router }: { router: RouterCard }) {
  const { t, i18n } = useTranslation('routers');
  const link = useScopedLink();
  const [first, ...rest] = sentencesOf(router, Date.now(), i18n.language);
  return (
    <li>
      <Link
        to={link(`/routers/${router.id}`)}
        data-testid="router-card"
        data-name={router.name}
        data-state={router.status.state}
        className="panel hover:border-accent flex h-full flex-col p-4 transition-colors"
      >
        <span className="flex items-baseline justify-between gap-3">
          <bdi className="min-w-0 truncate text-base font-semibold">{router.name || t('unnamed')}</bdi>
          <StateMark tone={toneOfHealth[router.status.state]}>{t(`state.${router.status.state}`)}</StateMark>
        </span>
        <span className="mt-2 block flex-1 leading-relaxed text-pretty">
          {first && t(`sentence.${first.key}`, first.values)}
          {rest.length > 0 && <span className="text-muted"> {t('more', { count: rest.length })}</span>}
        </span>
        <span className="text-muted mt-3 flex flex-wrap gap-x-3 gap-y-1 text-xs">
          <span>{t('devices', counted(router.deviceCount, i18n.language))}</span>
          {router.event && <bdi className="min-w-0 truncate">{router.event.name}</bdi>}
        </span>
      </Link>
    </li>
  );
}
