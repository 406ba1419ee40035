// Alarms: what is wrong, where, since when, and who looks after it.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { AcknowledgeAlarmDocument, type AlarmFieldsFragment } from '../generated/graphql';
import { useAct } from '../forms/act';
import { Problems } from '../forms/problems';
import { formatMoment } from '../format/time';
import { usePlace } from '../place';
import { Button } from '../ui/button';
import { StateMark } from './state_mark';

/** Kinds that have words; another one is shown as it is. */
const kinds = ['network.foreign_ra', 'dhcp.rogue', 'dhcp.conflict', 'dhcp.pool', 'health.firewall', 'health.dns', 'router.offline'] as const;

export function AlarmKind({ kind }: { kind: string }) {
  const { t } = useTranslation('event');
  const known = kinds.find((each) => each === kind);
  return known ? <>{t(`alarms.kinds.${known}`)}</> : <code>{kind}</code>;
}

interface Props {
  alarms: readonly AlarmFieldsFragment[];
  onChanged: () => void;
  withRouter?: boolean;
  /** Of the event; absent: the reader's. */
  timeZone?: string | undefined;
}

export function AlarmList({ alarms, onChanged, withRouter = false, timeZone }: Props) {
  const { t } = useTranslation('event');
  if (alarms.length === 0) return <p className="text-muted">{t('alarms.none')}</p>;
  return (
    <ul className="divide-line divide-y">
      {alarms.map((alarm) => (
        <Alarm key={alarm.id} alarm={alarm} onChanged={onChanged} withRouter={withRouter} timeZone={timeZone} />
      ))}
    </ul>
  );
}

function Alarm({ alarm, onChanged, withRouter, timeZone }: Omit<Props, 'alarms'> & { alarm: AlarmFieldsFragment }) {
  const { t, i18n } = useTranslation('event');
  const { may } = usePlace();
  const acknowledge = useAct(AcknowledgeAlarmDocument);
  const moment = (at: string) => formatMoment(Date.parse(at), Date.now(), i18n.language, timeZone);
  const isOpen = !alarm.clearedAt;

  async function lookAfter() {
    const { payload } = await acknowledge.run({ input: { alertId: alarm.id } });
    if (payload) onChanged();
  }

  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5" data-testid="alarm" data-kind={alarm.kind} data-open={isOpen}>
      <div className="min-w-0 flex-1 basis-60">
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span className="font-medium">
            <AlarmKind kind={alarm.kind} />
          </span>
          <StateMark tone={isOpen ? 'danger' : 'quiet'}>{t(isOpen ? 'alarms.open' : 'alarms.over')}</StateMark>
        </p>
        <p className="text-muted mt-0.5 text-xs break-words">
          {alarm.clearedAt ? t('alarms.fromTo', { from: moment(alarm.at), to: moment(alarm.clearedAt) }) : t('alarms.since', { from: moment(alarm.at) })}
          {alarm.subject && (
            <>
              {' · '}
              <bdi>{alarm.subject}</bdi>
            </>
          )}
          {withRouter && alarm.router && (
            <>
              {' · '}
              <bdi>{alarm.router.name}</bdi>
            </>
          )}
          {alarm.acknowledgedAt && (
            <>
              {' · '}
              <bdi>{t('alarms.lookedAfter', { name: alarm.acknowledgedBy || t('alarms.somebody') })}</bdi>
            </>
          )}
        </p>
        <Problems of={acknowledge.problems} />
      </div>
      {isOpen && !alarm.acknowledgedAt && may('OPERATE') && (
        <Button size="small" aria-disabled={acknowledge.isBusy} onClick={() => void lookAfter()}>
          {t('alarms.acknowledge')}
        </Button>
      )}
    </li>
  );
}
