// Somebody asks what is held about their device, or wants it erased: found by MAC, name or address on every router.
// SPDX-License-Identifier: Apache-2.0
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useClient } from 'urql';
import { DeviceDataDocument, FindDevicesDocument, PurgeDeviceDocument, RouterCardsDocument, type FindDevicesQuery, type ReceiptFieldsFragment } from '../../generated/graphql';
import { problemOf, useAct, type Problem } from '../../forms/act';
import { Ask } from '../../forms/ask';
import { download, fileName } from '../../forms/download';
import { Problems } from '../../forms/problems';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { Panel } from '../../ui/panel';
import { Time } from '../../ui/time';
import { Receipt } from '../../parts/receipt';

type Found = FindDevicesQuery['devices']['edges'][number]['node'];

export function Erasure({ onErased }: { onErased: () => void }) {
  const { t } = useTranslation('settings');
  const client = useClient();
  const [found, setFound] = useState<readonly Found[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [erasing, setErasing] = useState<Found | null>(null);
  const [receipt, setReceipt] = useState<ReceiptFieldsFragment | null>(null);

  async function search(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get('search')).trim();
    if (!text || isBusy) return;
    setBusy(true);
    setProblem(null);
    const routers = await client.query(RouterCardsDocument, {}).toPromise();
    const answers = await Promise.all((routers.data?.routers ?? []).map(({ id }) => client.query(FindDevicesDocument, { routerId: id, search: text }).toPromise()));
    const failed = [routers, ...answers].find(({ error }) => error)?.error;
    if (failed) setProblem(problemOf(failed));
    setFound(answers.flatMap(({ data }) => data?.devices.edges.map(({ node }) => node) ?? []));
    setBusy(false);
  }
  async function give(device: Found) {
    const { data, error } = await client.query(DeviceDataDocument, { deviceId: device.id }).toPromise();
    if (data) download(`${fileName(device.mac)}.json`, 'application/json', `${JSON.stringify(data.deviceData, null, 1)}\n`);
    else if (error) setProblem(problemOf(error));
  }

  return (
    <Panel title={t('erasure.title')} note={t('erasure.note')}>
      <form role="search" onSubmit={(event) => void search(event)} className="flex flex-wrap items-end gap-2">
        <Field label={t('erasure.search')} name="search" className="flex-1 basis-64" autoComplete="off" spellCheck={false} required placeholder="02:00:5e:10:00:01" />
        <Button type="submit" aria-disabled={isBusy}>
          {t(isBusy ? 'erasure.searching' : 'erasure.find')}
        </Button>
      </form>
      <Problems of={problem ? [problem] : []} />
      <div aria-live="polite">
        {found && <p className="text-muted mt-2 text-xs">{t('erasure.found', { count: found.length })}</p>}
        <ul className="divide-line divide-y">
          {found?.map((device) => (
            <li key={device.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5" data-testid="erasure-row" data-mac={device.mac}>
              <div className="min-w-0 flex-1 basis-56">
                <p className="truncate font-medium">
                  <bdi>{device.name || device.hostname || device.mac}</bdi>
                </p>
                <p className="text-muted text-xs">
                  {device.mac} · <bdi>{device.router.name}</bdi> · <Time at={device.firstSeenAt} /> – <Time at={device.lastSeenAt} />
                </p>
              </div>
              <Button size="small" onClick={() => void give(device)}>
                {t('erasure.give')}
              </Button>
              <Button size="small" className="text-danger" onClick={() => setErasing(device)}>
                {t('erasure.erase')}
              </Button>
            </li>
          ))}
        </ul>
      </div>
      {erasing && (
        <EraseDialog
          device={erasing}
          onClose={() => setErasing(null)}
          onDone={(made) => {
            setFound((before) => before?.filter(({ mac }) => mac !== erasing.mac) ?? null);
            setErasing(null);
            setReceipt(made);
          }}
        />
      )}
      {receipt && (
        <Dialog
          title={t('erasure.done')}
          onClose={() => {
            setReceipt(null);
            onErased();
          }}
        >
          <Receipt receipt={receipt} />
        </Dialog>
      )}
    </Panel>
  );
}

function EraseDialog({ device, onClose, onDone }: { device: Found; onClose: () => void; onDone: (receipt: ReceiptFieldsFragment) => void }) {
  const { t } = useTranslation('settings');
  const purge = useAct(PurgeDeviceDocument);
  async function submit() {
    const { payload } = await purge.run({ input: { deviceId: device.id } });
    if (payload?.receipt) onDone(payload.receipt);
  }
  return (
    <Ask title={t('erasure.ask')} submit={t('erasure.submit')} onSubmit={() => void submit()} onClose={onClose} isBusy={purge.isBusy} problems={purge.problems} typed={device.mac} isDanger testId="erase">
      <p className="mt-2 leading-relaxed">{t('erasure.consequence')}</p>
    </Ask>
  );
}
