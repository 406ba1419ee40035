// Privacy: how long what is kept, what guests are told, what is shared, who asks for their data or its erasure, and the receipts.
// SPDX-License-Identifier: Apache-2.0
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { PrivacyDocument, PurgeReceiptsDocument, SetRetentionDocument, SetSharingDocument, type RetentionFieldsFragment } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Check, Field } from '../../forms/field';
import { Loaded } from '../../forms/loaded';
import { Problems } from '../../forms/problems';
import { useFresh } from '../../forms/use_fresh';
import { usePlace } from '../../place';
import { Button } from '../../ui/button';
import { Panel } from '../../ui/panel';
import { showToast } from '../../ui/toasts';
import { Erasure } from './erasure';
import { GuestNotice } from './guest_notice';
import { Receipt } from '../../parts/receipt';

/** Bounds as in the schema (type Retention). */
const clocks = [
  { name: 'namesHours', min: 1, max: 24 },
  { name: 'fiveMinutesDays', min: 3, max: 30 },
  { name: 'hoursDays', min: 30, max: 1100 },
  { name: 'leasesDays', min: 1, max: 400 },
  { name: 'devicesDays', min: 7, max: 400 },
] as const;

export function PrivacyPart() {
  const { organisationId, may } = usePlace();
  const { data, error, again } = useFresh(PrivacyDocument, { organisationId });
  const [erasures, setErasures] = useState(0);
  return (
    <Loaded data={data} error={error} retry={again}>
      {({ retention, sharing }) => (
        <>
          <RetentionPanel key={JSON.stringify(retention)} retention={retention} again={again} />
          <GuestNotice retention={retention} />
          {may('OWN') && <Erasure onErased={() => setErasures((before) => before + 1)} />}
          {may('OWN') && <Receipts key={erasures} />}
          <Sharing isOn={sharing} again={again} />
        </>
      )}
    </Loaded>
  );
}

function RetentionPanel({ retention, again }: { retention: RetentionFieldsFragment; again: () => void }) {
  const { t } = useTranslation('settings');
  const { may, organisationId } = usePlace();
  const set = useAct(SetRetentionDocument);
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const wanted = Object.fromEntries(clocks.map(({ name }) => [name, Number(fields.get(name))]));
    if (!(await set.run({ input: { organisationId, ...wanted } })).payload) return;
    again();
    const before = Object.fromEntries(clocks.map(({ name }) => [name, retention[name]]));
    const undo = () => void set.run({ input: { organisationId, ...before } }).then(again);
    showToast({ about: 'retention', tone: 'plain', content: t('retention.saved'), action: { label: t('undo'), run: undo } });
  }
  return (
    <Panel title={t('retention.title')} note={t('retention.note')}>
      <form onSubmit={(event) => void submit(event)} data-testid="retention-form">
        <div className="grid gap-x-4 sm:grid-cols-2">
          {clocks.map(({ name, min, max }) => (
            <Field key={name} label={t(`retention.${name}`)} hint={t(name === 'namesHours' ? 'retention.hours' : 'retention.days', { min, max })} name={name} type="number" inputMode="numeric" min={min} max={max} defaultValue={retention[name]} required disabled={!may('OWN')} />
          ))}
        </div>
        <Problems of={set.problems} />
        {may('OWN') && (
          <Button type="submit" className="mt-4" aria-disabled={set.isBusy}>
            {t('people.save')}
          </Button>
        )}
      </form>
    </Panel>
  );
}

function Sharing({ isOn, again }: { isOn: boolean; again: () => void }) {
  const { t } = useTranslation('settings');
  const { may, organisationId } = usePlace();
  const set = useAct(SetSharingDocument);
  async function choose(enabled: boolean) {
    const { payload } = await set.run({ input: { organisationId, enabled } });
    if (payload) again();
  }
  return (
    <Panel title={t('sharing.title')}>
      <p className="text-muted leading-relaxed">{t('sharing.text')}</p>
      <Check label={t('sharing.enable')} checked={isOn} disabled={!may('OWN') || set.isBusy} onChange={(event) => void choose(event.currentTarget.checked)} data-testid="sharing" />
      <p className="text-muted mt-3 text-xs leading-relaxed">{t('sharing.what')}</p>
      <Problems of={set.problems} />
    </Panel>
  );
}

function Receipts() {
  const { t } = useTranslation('settings');
  const { organisationId } = usePlace();
  const [first, setFirst] = useState(5);
  const { data, error, again } = useFresh(PurgeReceiptsDocument, { organisationId, first, after: null });
  return (
    <Panel title={t('receipts.title')} note={t('receipts.note')}>
      <Loaded data={data} error={error} retry={again}>
        {({ purgeReceipts }) => (
          <>
            {purgeReceipts.edges.length === 0 && <p className="text-muted">{t('receipts.none')}</p>}
            <ul className="divide-line divide-y">
              {purgeReceipts.edges.map(({ node }) => (
                <li key={node.id} className="py-1">
                  <Receipt receipt={node} />
                </li>
              ))}
            </ul>
            {purgeReceipts.pageInfo.hasNextPage && first < 100 && (
              <Button size="small" className="mt-2" onClick={() => setFirst(Math.min(100, first * 4))}>
                {t('older')}
              </Button>
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}
