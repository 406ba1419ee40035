// A spare takes the place of a broken router: which one, what goes with it and what does not; the broken one's name is typed first.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ReplaceRouterDocument, RouterCardsDocument } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Ask } from '../../forms/ask';
import { Choice } from '../../forms/field';
import { useFresh } from '../../forms/use_fresh';
import { counted } from '../../format/quantity';
import { useScope } from '../../scope';
import { Button } from '../../ui/button';
import { showToast } from '../../ui/toasts';
import type { RouterDetail } from './router_page';
import { sparesFor, type Spare } from './spares';

export function ReplacePanel({ router, onChanged }: { router: RouterDetail; onChanged: () => void }) {
  const { t } = useTranslation('routers');
  const [isAsking, setAsking] = useState(false);
  const { data } = useFresh(RouterCardsDocument, {}, { everyMs: 15_000 });
  const spares = sparesFor(router, data?.routers ?? []);
  return (
    <section className="panel mt-4 flex flex-wrap items-center gap-4 p-4" aria-labelledby="replace">
      <div className="min-w-0 flex-1 basis-64">
        <h2 id="replace" className="font-semibold">
          {t('replace.title')}
        </h2>
        <p className="text-muted mt-1 leading-relaxed">{t('replace.text')}</p>
        {data && spares.length === 0 && (
          <p className="mt-1 leading-relaxed" data-testid="no-spare">
            {t('replace.noSpare')}
          </p>
        )}
      </div>
      {spares.length > 0 && (
        <Button onClick={() => setAsking(true)} data-testid="replace-open">
          {t('replace.open')}
        </Button>
      )}
      {isAsking && <ReplaceDialog router={router} spares={spares} onClose={() => setAsking(false)} onReplaced={onChanged} />}
    </section>
  );
}

interface DialogProps {
  router: RouterDetail;
  spares: readonly Spare[];
  onClose: () => void;
  onReplaced: () => void;
}

function ReplaceDialog({ router, spares, onClose, onReplaced }: DialogProps) {
  const { t, i18n } = useTranslation('routers');
  const { refresh } = useScope();
  const replace = useAct(ReplaceRouterDocument);
  const labelOf = ({ name, linkState, deviceCount }: Spare) => [name || t('unnamed'), linkState !== 'ONLINE' && t(`link.${linkState}`), deviceCount > 0 && t('devices', counted(deviceCount, i18n.language))].filter(Boolean).join(' · ');
  const isInUse = replace.problems[0]?.code === 'SPARE_IN_USE';

  async function submit(fields: FormData) {
    const { payload } = await replace.run({ input: { routerId: router.id, spareId: String(fields.get('spare')) } });
    if (!payload?.router) return;
    showToast({ about: 'replace', tone: 'plain', content: t('replace.done', { name: payload.router.name, count: payload.leases }) });
    onClose();
    refresh();
    onReplaced();
  }

  return (
    <Ask
      title={t('replace.ask')}
      submit={t('replace.submit')}
      onSubmit={(fields) => void submit(fields)}
      onClose={onClose}
      isBusy={replace.isBusy}
      problems={isInUse ? [] : replace.problems}
      typed={router.name}
      isDanger
      testId="replace"
    >
      <Choice
        label={t('replace.spare')}
        name="spare"
        options={spares.map((spare) => ({ value: spare.id, label: labelOf(spare) }))}
      />
      <h3 className="mt-4 font-medium">{t('replace.goesTitle')}</h3>
      <ul className="mt-1 list-disc space-y-1 pl-5 leading-relaxed">
        <li>{router.event ? t('replace.goes.nameAndEvent') : t('replace.goes.name')}</li>
        <li>{t('replace.goes.settings', { revision: router.desiredRevision })}</li>
        <li>{t('replace.goes.leases')}</li>
      </ul>
      <p className="text-muted mt-3 leading-relaxed">{t('replace.lost')}</p>
      <div role="alert">
        {isInUse && (
          <p className="bg-danger-soft text-danger mt-3 rounded-md px-3 py-2" data-testid="spare-in-use">
            {t('replace.inUse')}
          </p>
        )}
      </div>
    </Ask>
  );
}
