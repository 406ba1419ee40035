// Big screens of an event, its end, and after it the erasure of its guests.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CloseEventDocument, PurgeEventDocument, type ReceiptFieldsFragment } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Ask } from '../../forms/ask';
import { usePlace } from '../../place';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Panel } from '../../ui/panel';
import { showToast } from '../../ui/toasts';
import { ShowLinks } from '../../parts/show_links';
import { Receipt } from '../../parts/receipt';
import type { EventDetail } from './event_page';

export function EndPanel({ event, again }: { event: EventDetail; again: () => void }) {
  const { t } = useTranslation('event');
  const { may } = usePlace();
  return (
    <div className="space-y-4">
      <Panel title={t('screens.title')} note={t('screens.note')}>
        <ShowLinks eventId={event.id} isClosed={Boolean(event.closedAt)} />
      </Panel>
      {may('OWN') && !event.closedAt && <Purge event={event} again={again} />}
      {!event.closedAt && <Close event={event} again={again} />}
    </div>
  );
}

function Close({ event, again }: { event: EventDetail; again: () => void }) {
  const { t } = useTranslation('event');
  const close = useAct(CloseEventDocument);
  const [isAsking, setAsking] = useState(false);
  async function submit() {
    const { payload } = await close.run({ input: { eventId: event.id } });
    if (!payload) return;
    setAsking(false);
    again();
    showToast({ about: 'close', tone: 'plain', content: t('close.done') });
  }
  return (
    <Panel title={t('close.title')} actions={<Button onClick={() => setAsking(true)} data-testid="event-close">{t('close.open')}</Button>}>
      <p className="text-muted leading-relaxed">{t('close.text')}</p>
      {isAsking && (
        <Ask title={t('close.ask')} submit={t('close.submit')} onSubmit={() => void submit()} onClose={() => setAsking(false)} isBusy={close.isBusy} problems={close.problems} typed={event.name} isDanger testId="close">
          <p className="mt-2 leading-relaxed">{t('close.consequence')}</p>
        </Ask>
      )}
    </Panel>
  );
}

function Purge({ event, again }: { event: EventDetail; again: () => void }) {
  const { t } = useTranslation('event');
  const purge = useAct(PurgeEventDocument);
  const isPossible = event.routers.length > 0; // Guests are those of the routers that are in the event.
  const [isAsking, setAsking] = useState(false);
  const [receipt, setReceipt] = useState<ReceiptFieldsFragment | null>(null);
  async function submit() {
    const { payload } = await purge.run({ input: { eventId: event.id } });
    if (!payload?.receipt) return;
    setAsking(false);
    setReceipt(payload.receipt);
    again();
  }
  return (
    <Panel title={t('purge.title')} actions={isPossible && <Button className="text-danger" onClick={() => setAsking(true)} data-testid="event-purge">{t('purge.open')}</Button>}>
      <p className="text-muted leading-relaxed">{t(isPossible ? 'purge.text' : 'purge.noRouters')}</p>
      {isAsking && (
        <Ask title={t('purge.ask')} submit={t('purge.submit')} onSubmit={() => void submit()} onClose={() => setAsking(false)} isBusy={purge.isBusy} problems={purge.problems} typed={event.name} isDanger testId="purge">
          <p className="mt-2 leading-relaxed">{t('purge.consequence')}</p>
        </Ask>
      )}
      {receipt && (
        <Dialog title={t('purge.done')} onClose={() => setReceipt(null)}>
          <Receipt receipt={receipt} />
          <div className="mt-5 flex justify-end">
            <Button look="primary" onClick={() => setReceipt(null)}>
              {t('purge.close')}
            </Button>
          </div>
        </Dialog>
      )}
    </Panel>
  );
}
