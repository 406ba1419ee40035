// Links to big screens of one event: made, shown this once with a QR code, revoked.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CreateShowLinkDocument, RevokeShowLinkDocument, ShowLinksDocument } from '../generated/graphql';
import { useAct } from '../forms/act';
import { Ask } from '../forms/ask';
import { Field } from '../forms/field';
import { Loaded } from '../forms/loaded';
import { Qr } from '../forms/qr';
import { Secret } from '../forms/secret';
import { useFresh } from '../forms/use_fresh';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Time } from '../ui/time';
import { StateMark } from './state_mark';

export function ShowLinks({ eventId, isClosed }: { eventId: string; isClosed: boolean }) {
  const { t } = useTranslation('settings');
  const { data, error, again } = useFresh(ShowLinksDocument, { eventId });
  const create = useAct(CreateShowLinkDocument);
  const revoke = useAct(RevokeShowLinkDocument);
  const [isMaking, setMaking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const [ending, setEnding] = useState<{ id: string; name: string } | null>(null);

  async function make(fields: FormData) {
    const { payload } = await create.run({ input: { eventId, name: String(fields.get('name')).trim() } });
    if (!payload) return;
    setMaking(false);
    setSecret(payload.secret ?? null);
    again();
  }
  async function end() {
    const { payload } = await revoke.run({ input: { linkId: ending!.id } });
    if (!payload) return;
    setEnding(null);
    again();
  }
  const address = secret && `${window.location.origin}/show#${secret}`;
  return (
    <>
      <Loaded data={data} error={error} retry={again}>
        {({ showLinks }) => (
          <ul className="divide-line divide-y">
            {showLinks.length === 0 && <li className="text-muted py-2">{t('screens.none')}</li>}
            {showLinks.map((link) => (
              <li key={link.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2" data-testid="show-link" data-name={link.name}>
                <bdi className="min-w-0 flex-1 font-medium">{link.name}</bdi>
                <span className="text-muted text-xs">
                  {t('madeAt')} <Time at={link.createdAt} />
                </span>
                {link.revokedAt ? (
                  <StateMark tone="quiet">{t('revoked')}</StateMark>
                ) : (
                  <Button size="small" onClick={() => setEnding(link)} aria-label={t('screens.revokeThis', { name: link.name })}>
                    {t('revoke')}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {!isClosed && (
        <Button size="small" className="mt-2" onClick={() => setMaking(true)} data-testid="show-link-new">
          {t('screens.make')}
        </Button>
      )}
      {isMaking && (
        <Ask title={t('screens.make')} submit={t('screens.submit')} onSubmit={(fields) => void make(fields)} onClose={() => setMaking(false)} isBusy={create.isBusy} problems={create.problems} testId="show-link-form">
          <Field label={t('screens.name')} hint={t('screens.nameHint')} name="name" maxLength={63} required autoFocus autoComplete="off" />
        </Ask>
      )}
      {address && (
        <Dialog title={t('screens.ready')} onClose={() => setSecret(null)}>
          <p className="text-muted mt-2 leading-relaxed">{t('screens.once')}</p>
          <Secret value={address} label={t('screens.address')} testId="show-address" />
          <div className="mt-4 flex justify-center">
            <Qr text={address} label={t('screens.qr')} />
          </div>
          <div className="mt-5 flex justify-end">
            <Button look="primary" onClick={() => setSecret(null)}>
              {t('done')}
            </Button>
          </div>
        </Dialog>
      )}
      {ending && (
        <Ask title={t('screens.revokeThis', { name: ending.name })} submit={t('revoke')} onSubmit={() => void end()} onClose={() => setEnding(null)} isBusy={revoke.isBusy} problems={revoke.problems} isDanger testId="show-link-revoke">
          <p className="mt-2 leading-relaxed">{t('screens.revokeText')}</p>
        </Ask>
      )}
    </>
  );
}
