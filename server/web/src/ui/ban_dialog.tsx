// Asks once before a ban: what it does, until when, why; what it cannot do; and of a protected device its name.
// SPDX-License-Identifier: Apache-2.0
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeviceFieldsFragment } from '../generated/graphql';
import { formatMoment } from '../format/time';
import { labelOf } from '../live/devices';
import type { Terms } from '../live/use_bans';
import { Button } from './button';
import { TypedWord } from './confirm';
import { Dialog } from './dialog';
import { Field, Select } from './field';

export type Bannable = Pick<DeviceFieldsFragment, 'id' | 'mac' | 'name' | 'hostname' | 'address' | 'isRandomisedMac' | 'isProtected'>;

const longestReason = 200;
const choices = ['event', 'hour', 'day', 'ever'] as const;
type Choice = (typeof choices)[number];

/** What the choice says to the server; `undefined`: the event's end, which it knows. */
function untilOf(choice: Choice): Pick<Terms, 'until'> {
  const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
  return choice === 'hour' ? { until: inHours(1) } : choice === 'day' ? { until: inHours(24) } : choice === 'ever' ? { until: null } : {};
}

interface Props {
  devices: readonly Bannable[];
  /** Of the event, when it is known. */
  endsAt: string | null;
  onClose: () => void;
  onConfirm: (terms: Terms) => void;
}

export function BanDialog({ devices, endsAt, onClose, onConfirm }: Props) {
  const { t, i18n } = useTranslation();
  const [typed, setTyped] = useState('');
  const one = devices.length === 1 ? devices[0]! : null;
  const kept = one ? 0 : devices.filter((each) => each.isProtected).length;
  const randomised = devices.filter((each) => each.isRandomisedMac).length;
  const isSure = !one?.isProtected || typed.trim() === labelOf(one);
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!isSure) return;
    const fields = new FormData(event.currentTarget);
    const reason = String(fields.get('reason') ?? '').trim();
    onConfirm({ reason, ...untilOf(fields.get('until') as Choice), ...(one?.isProtected ? { confirm: typed.trim() } : {}) });
  }
  return (
    <Dialog title={one ? t('ban.confirm.title') : t('ban.confirm.titleMany', { count: devices.length })} onClose={onClose}>
      <form onSubmit={submit} data-testid="ban-dialog" data-mac={one?.mac}>
        {one && (
          <p className="bg-sunken mt-3 rounded-md px-3 py-2">
            <span className="block truncate font-medium">
              <bdi>{labelOf(one)}</bdi>
            </span>
            <span className="text-muted text-xs">
              {one.mac}
              {one.address && ` · ${one.address}`}
            </span>
          </p>
        )}
        <p className="mt-3 leading-relaxed">{t('ban.confirm.text')}</p>
        {randomised > 0 && <p className="text-warn mt-2 leading-relaxed">{one ? t('ban.confirm.randomised') : t('ban.confirm.randomisedMany', { count: randomised })}</p>}
        {kept > 0 && <p className="text-warn mt-2 leading-relaxed">{t('ban.confirm.keptMany', { count: kept })}</p>}
        <Field label={t('ban.confirm.reason')} name="reason" maxLength={longestReason} autoComplete="off" autoFocus className="mt-4" />
        <Select label={t('ban.confirm.until')} name="until" defaultValue={endsAt ? 'event' : 'ever'} className="mt-4">
          {choices
            .filter((each) => each !== 'event' || endsAt)
            .map((each) => (
              <option key={each} value={each}>
                {t(`ban.confirm.untils.${each}`, { time: endsAt ? formatMoment(Date.parse(endsAt), Date.now(), i18n.language) : '' })}
              </option>
            ))}
        </Select>
        {one?.isProtected && (
          <>
            <p className="text-danger mt-4 leading-relaxed">{t('ban.confirm.protected')}</p>
            <TypedWord word={labelOf(one)} value={typed} onChange={setTyped} />
          </>
        )}
        <div className="mt-5 flex justify-end gap-2">
          <Button onClick={onClose}>{t('ban.confirm.cancel')}</Button>
          <Button type="submit" look="danger" data-testid="ban-confirm" disabled={!isSure}>
            {one ? t('ban.confirm.ok') : t('ban.confirm.okMany', { count: devices.length })}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
