// The queue of what needs somebody, each with what can be done about it in one click.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { counted } from '../../format/quantity';
import { labelOf, type Device } from '../../live/devices';
import { useScopedLink } from '../../scope';
import { useSession } from '../../session';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Confirm } from '../../ui/confirm';
import { Icon } from '../../ui/icons';
import { Panel } from '../../ui/panel';
import { Age } from '../../ui/time';
import { alarmKind, type Attention } from './attention';
import { Item } from './item';
import type { Decisions } from './use_decisions';

const atFirst = 5;

interface Props {
  attention: Attention;
  isKnown: boolean;
  decisions: Decisions;
  onBan: (device: Device) => void;
}

export function AttentionPanel({ attention, isKnown, decisions, onBan }: Props) {
  const { t, i18n } = useTranslation(['now', 'common']);
  const { may } = useSession();
  const { alarms, waiting, joined, names } = attention;
  const [asksAll, setAsksAll] = useState(false);
  const total = alarms.length + waiting.length + names.length;
  return (
    <Panel
      title={t('attention.title')}
      note={isKnown && total > 0 ? t('attention.count', { count: total }) : undefined}
      testId="attention"
      actions={
        may('MANAGE') &&
        waiting.length > 1 && (
          <Button size="small" onClick={() => setAsksAll(true)}>
            {t('attention.admitAll', { count: waiting.length })}
          </Button>
        )
      }
    >
      <ul>
        {alarms.map(({ alarm, router }) => {
          const kind = alarmKind(alarm.kind);
          const what = kind ? t(`alarms.${kind}`) : alarm.kind;
          return (
            <Item
              key={alarm.id}
              testId="alarm"
              icon="warn"
              tone="text-warn"
              title={what}
              note={
                <>
                  <bdi>{router.name}</bdi>
                  {alarm.subject && (
                    <>
                      {' · '}
                      <bdi>{alarm.subject}</bdi>
                    </>
                  )}
                  {' · '}
                  <Age at={alarm.lastAt} />
                </>
              }
            >
              {may('OPERATE') && (
                <Button size="small" onClick={() => void decisions.acknowledge(alarm.id, what)}>
                  {t('attention.take')}
                </Button>
              )}
            </Item>
          );
        })}
        {waiting.slice(0, atFirst).map((device) => (
          <WaitingDevice key={device.id} device={device} decisions={decisions} onBan={onBan} />
        ))}
        {waiting.length > atFirst && <More text={t('attention.moreDevices', { count: waiting.length - atFirst })} />}
        {names.slice(0, atFirst).map(({ name, deviceCount, queries, routerId }) => (
          <Item
            key={`${routerId} ${name}`}
            testId="new-name"
            icon="plus"
            title={<bdi className="break-all">{name}</bdi>}
            note={`${t('attention.newName')} · ${t('names.devices', counted(deviceCount, i18n.language))} · ${t('attention.asked', counted(queries, i18n.language))}`}
          >
            {may('MANAGE') && (
              <Button size="small" onClick={() => void decisions.deny(routerId, name)} aria-label={t('attention.refuseThis', { name })}>
                {t('attention.refuse')}
              </Button>
            )}
            <Button size="small" look="quiet" onClick={() => decisions.ignore(`name ${name}`, name)} aria-label={t('attention.ignoreThis', { name })}>
              {t('attention.ignore')}
            </Button>
          </Item>
        ))}
      </ul>
      {joined > 0 && <Joined count={joined} />}
      {isKnown && total === 0 && (
        <p className="text-muted flex items-center gap-2 py-2">
          <Icon name="check" className="text-ok size-4" />
          {t('attention.nothing')}
        </p>
      )}
      {asksAll && (
        <Confirm
          title={t('attention.admitAllTitle', { count: waiting.length })}
          action={t('attention.admitAll', { count: waiting.length })}
          onClose={() => setAsksAll(false)}
          onConfirm={() => {
            setAsksAll(false);
            void decisions.admit(waiting);
          }}
        >
          <p>{t('attention.admitAllText')}</p>
        </Confirm>
      )}
    </Panel>
  );
}

function WaitingDevice({ device, decisions, onBan }: { device: Device; decisions: Decisions; onBan: (device: Device) => void }) {
  const { t } = useTranslation(['now', 'common']);
  const { may } = useSession();
  const link = useScopedLink();
  const name = labelOf(device);
  return (
    <Item
      testId="waiting-device"
      icon="devices"
      title={
        <Link to={link('/devices', { device: device.id })} className="inline-block min-h-6 min-w-6 hover:underline">
          <bdi>{name}</bdi>
        </Link>
      }
      note={
        <>
          {t('attention.waits')} · {device.mac} {device.isRandomisedMac && <Badge>{t('attention.randomised')}</Badge>} · <Age at={device.firstSeenAt} />
        </>
      }
    >
      {may('MANAGE') && (
        <Button size="small" look="primary" onClick={() => void decisions.admit([device])} aria-label={t('attention.admitThis', { name })}>
          {t('attention.admit')}
        </Button>
      )}
      {may('OPERATE') && (
        <Button size="small" onClick={() => onBan(device)} aria-label={t('common:ban.banThis', { name })}>
          {t('common:ban.ban')}
        </Button>
      )}
      <Button size="small" look="quiet" onClick={() => decisions.ignore(`device ${device.id}`, name)} aria-label={t('attention.ignoreThis', { name })}>
        {t('attention.ignore')}
      </Button>
    </Item>
  );
}

function More({ text }: { text: string }) {
  const link = useScopedLink();
  return (
    <li className="py-2">
      <Link to={link('/devices', { state: 'new' })} className="text-accent inline-flex min-h-6 items-center underline">
        {text}
      </Link>
    </li>
  );
}

/** Where newcomers are let in: one counted line, never a queue of everybody. */
function Joined({ count }: { count: number }) {
  const { t } = useTranslation('now');
  const link = useScopedLink();
  return (
    <p className="text-muted py-2" data-testid="joined" data-count={count}>
      {t('attention.joined', { count })}{' '}
      <Link to={link('/devices', { state: 'new' })} className="text-accent inline-flex min-h-6 items-center underline">
        {t('attention.look')}
      </Link>
    </p>
  );
}
