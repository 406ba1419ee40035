// What a router can be told to do, and what it was told: waiting, under way, done or not, with what came of it.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ReleasesDocument, type CommandState, type RouterCommandsQuery } from '../generated/graphql';
import type { Problem } from '../forms/act';
import { Ask } from '../forms/ask';
import { Choice, Field } from '../forms/field';
import { useFresh } from '../forms/use_fresh';
import { Button } from '../ui/button';
import { Age } from '../ui/time';
import { commandOf, isOver, offered, services, subjectOf, textOf, type Offered } from './command_input';
import { StateMark, type Tone } from './state_mark';

export type Told = Omit<NonNullable<RouterCommandsQuery['router']>['commands']['edges'][number]['node'], 'result'> & { readonly result?: unknown };

const tones: Record<CommandState, Tone> = { QUEUED: 'warn', SENT: 'warn', RUNNING: 'warn', SUCCEEDED: 'ok', FAILED: 'danger', EXPIRED: 'quiet', CANCELLED: 'quiet' };

interface Props {
  routerName: string;
  told: readonly Told[];
  /** False: to look at only. */
  canTell: boolean;
  isBusy: boolean;
  problems: readonly Problem[];
  /** True when the server took it. */
  onTell: (command: ReturnType<typeof commandOf>) => Promise<boolean>;
  onCancel: (id: string) => void;
}

export function Commands({ routerName, told, canTell, isBusy, problems, onTell, onCancel }: Props) {
  const { t } = useTranslation('commands');
  const [kind, setKind] = useState<Offered | null>(null);
  return (
    <>
      {canTell && (
        <div className="mb-3 flex flex-wrap gap-2">
          {offered.map((each) => (
            <Button key={each} size="small" className={each === 'POWER_OFF' ? 'text-danger' : ''} onClick={() => setKind(each)} data-testid="command" data-kind={each}>
              {t(`kinds.${each}`)}
            </Button>
          ))}
        </div>
      )}
      {told.length === 0 && <p className="text-muted">{t('none')}</p>}
      <ul className="divide-line divide-y" aria-live="polite">
        {told.map((command) => (
          <Row key={command.id} command={command} {...(canTell && command.state === 'QUEUED' ? { onCancel } : {})} />
        ))}
      </ul>
      {kind && (
        <TellDialog
          kind={kind}
          routerName={routerName}
          isBusy={isBusy}
          problems={problems}
          onClose={() => setKind(null)}
          onTell={async (command) => {
            if (await onTell(command)) setKind(null);
          }}
        />
      )}
    </>
  );
}

function Row({ command, onCancel }: { command: Told; onCancel?: (id: string) => void }) {
  const { t } = useTranslation('commands');
  const text = textOf(command.result);
  const subject = subjectOf(command.parameters);
  return (
    <li className="py-2.5" data-testid="told" data-kind={command.kind} data-state={command.state}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="min-w-0 flex-1 basis-40 font-medium">
          {t(`kinds.${command.kind}`)} {subject && <bdi className="text-muted font-normal break-all">{subject}</bdi>}
        </span>
        <StateMark tone={tones[command.state]}>{t(`states.${command.state}`)}</StateMark>
        <span className="text-muted text-xs">
          <Age at={command.createdAt} />
          {(command.isByStaff || command.author) && <bdi> · {command.isByStaff ? t('staff') : command.author}</bdi>}
        </span>
        {onCancel && (
          <Button size="small" onClick={() => onCancel(command.id)}>
            {t('cancel')}
          </Button>
        )}
      </div>
      {!isOver(command.state) && command.progress != null && <progress className="accent-accent mt-1 h-1.5 w-full" max={100} value={command.progress} aria-label={t(`kinds.${command.kind}`)} />}
      {command.detail && (
        <p className="text-muted text-xs break-words" lang="en">
          <bdi>{command.detail}</bdi>
        </p>
      )}
      {text && (
        <details className="mt-1">
          <summary className="text-accent min-h-6 text-xs">{t('result')}</summary>
          <pre tabIndex={0} className="bg-sunken max-h-80 overflow-auto rounded-md p-2 text-xs">
            {text}
          </pre>
        </details>
      )}
    </li>
  );
}

interface TellProps {
  kind: Offered;
  routerName: string;
  isBusy: boolean;
  problems: readonly Problem[];
  onClose: () => void;
  onTell: (command: ReturnType<typeof commandOf>) => Promise<void>;
}

function TellDialog({ kind, routerName, isBusy, problems, onClose, onTell }: TellProps) {
  const { t } = useTranslation('commands');
  const isOff = kind === 'POWER_OFF';
  return (
    <Ask
      title={t('title', { what: t(`kinds.${kind}`), name: routerName })}
      submit={t(`kinds.${kind}`)}
      onSubmit={(fields) => void onTell(commandOf(kind, String(fields.get('subject') ?? '').trim()))}
      onClose={onClose}
      isBusy={isBusy}
      problems={problems}
      isDanger={isOff}
      typed={isOff ? routerName : undefined}
      testId="tell"
    >
      <p className="text-muted mt-2 leading-relaxed">{t(`texts.${kind}`)}</p>
      <Subject kind={kind} />
    </Ask>
  );
}

function Subject({ kind }: { kind: Offered }) {
  const { t } = useTranslation('commands');
  const { data } = useFresh(ReleasesDocument, {}, { pause: kind !== 'UPDATE_SOFTWARE' });
  switch (kind) {
    case 'RESTART_SERVICE':
    case 'COLLECT_LOGS':
      return <Choice label={t('subjects.service')} name="subject" options={services.map((value) => ({ value, label: value }))} />;
    case 'PING':
      return <Field label={t('subjects.host')} name="subject" required defaultValue="9.9.9.9" autoComplete="off" autoCapitalize="none" spellCheck={false} />;
    case 'DNS':
      return <Field label={t('subjects.name')} name="subject" required placeholder="example.org" autoComplete="off" autoCapitalize="none" spellCheck={false} />;
    case 'THROUGHPUT':
      return <Field label={t('subjects.seconds')} name="subject" type="number" min={1} max={20} defaultValue={10} required />;
    case 'UPDATE_SOFTWARE': {
      const releases = data?.releases.filter(({ isWithdrawn }) => !isWithdrawn) ?? [];
      if (data && releases.length === 0) return <p className="text-warn mt-3">{t('noRelease')}</p>;
      return <Choice label={t('subjects.release')} name="subject" required options={releases.map(({ id, version, architecture }) => ({ value: id, label: `${version} (${architecture})` }))} />;
    }
    default:
      return null;
  }
}
