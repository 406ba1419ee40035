// Roll-outs: which software goes to the fleet, how far it is, and the way to hold or stop it.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CancelRolloutDocument, CreateRolloutDocument, PauseRolloutDocument, ReleasesDocument, ResumeRolloutDocument, RolloutsDocument, StartRolloutDocument, type RolloutFieldsFragment, type RolloutState } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Ask } from '../../forms/ask';
import { Choice, Field } from '../../forms/field';
import { Loaded } from '../../forms/loaded';
import { Problems } from '../../forms/problems';
import { useFresh } from '../../forms/use_fresh';
import { StateMark, type Tone } from '../../parts/state_mark';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { Time } from '../../ui/time';

const tones: Record<RolloutState, Tone> = { DRAFT: 'quiet', RUNNING: 'ok', PAUSED: 'warn', STOPPED: 'danger', CANCELLED: 'quiet', FINISHED: 'ok' };
const steps = [10, 50, 100];

export function GodRollouts() {
  const { t } = useTranslation('godview');
  const { data, error, again } = useFresh(RolloutsDocument, {}, { everyMs: 3_000 });
  const [isMaking, setMaking] = useState(false);
  const make = (
    <Button look="primary" size="small" onClick={() => setMaking(true)} data-testid="rollout-new">
      {t('rollouts.make')}
    </Button>
  );
  return (
    <div className="panel p-4">
      <Loaded data={data} error={error} retry={again}>
        {({ staff }) =>
          staff.rollouts.edges.length === 0 ? (
            <Empty title={t('rollouts.none.title')} text={t('rollouts.none.text')}>
              {make}
            </Empty>
          ) : (
            <>
              {make}
              <ul className="divide-line mt-2 divide-y">
                {staff.rollouts.edges.map(({ node }) => (
                  <Row key={node.id} rollout={node} again={again} />
                ))}
              </ul>
            </>
          )
        }
      </Loaded>
      {isMaking && (
        <MakeRollout
          onClose={() => setMaking(false)}
          onDone={() => {
            setMaking(false);
            again();
          }}
        />
      )}
    </div>
  );
}

function Row({ rollout, again }: { rollout: RolloutFieldsFragment; again: () => void }) {
  const { t } = useTranslation('godview');
  const start = useAct(StartRolloutDocument);
  const pause = useAct(PauseRolloutDocument);
  const resume = useAct(ResumeRolloutDocument);
  const cancel = useAct(CancelRolloutDocument);
  const [isEnding, setEnding] = useState(false);
  const { state, pending, told, succeeded, failed, leftOut } = rollout;
  const all = pending + told + succeeded + failed + leftOut;
  const input = { input: { rolloutId: rollout.id } };
  const ways = [
    ['start', start, state === 'DRAFT'],
    ['pause', pause, state === 'RUNNING'],
    ['resume', resume, state === 'PAUSED' || state === 'STOPPED'],
  ] as const;
  return (
    <li className="py-3" data-testid="rollout" data-name={rollout.name} data-state={state}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <p className="min-w-0 flex-1 basis-48">
          <bdi className="font-medium">{rollout.name}</bdi>{' '}
          <span className="text-muted text-xs">
            {rollout.release.version} ({rollout.release.architecture}) · <Time at={rollout.createdAt} />
          </span>
        </p>
        <StateMark tone={tones[state]}>{t(`rollouts.states.${state}`)}</StateMark>
        {ways.map(
          ([name, act, isOffered]) =>
            isOffered && (
              <Button key={name} size="small" aria-disabled={act.isBusy} onClick={() => void act.run(input).then(again)}>
                {t(`rollouts.${name}`)}
              </Button>
            ),
        )}
        {state !== 'CANCELLED' && state !== 'FINISHED' && (
          <Button size="small" className="text-danger" onClick={() => setEnding(true)}>
            {t('rollouts.cancel')}
          </Button>
        )}
      </div>
      <progress className="accent-accent mt-2 h-1.5 w-full" max={Math.max(1, all)} value={succeeded} aria-label={rollout.name} />
      <p className="text-muted text-xs tabular-nums">{t('rollouts.counts', { succeeded, told, failed, pending, offline: rollout.offline, frozen: rollout.frozen })}</p>
      {rollout.stopReason && (
        <p className="text-danger text-xs" lang="en">
          {rollout.stopReason}
        </p>
      )}
      <Problems of={[...start.problems, ...pause.problems, ...resume.problems]} />
      {isEnding && (
        <Ask
          title={t('rollouts.cancelAsk', { name: rollout.name })}
          submit={t('rollouts.cancel')}
          onSubmit={() =>
            void cancel.run(input).then(({ payload }) => {
              if (!payload) return;
              setEnding(false);
              again();
            })
          }
          onClose={() => setEnding(false)}
          isBusy={cancel.isBusy}
          problems={cancel.problems}
          isDanger
        >
          <p className="mt-2 leading-relaxed">{t('rollouts.cancelText')}</p>
        </Ask>
      )}
    </li>
  );
}

function MakeRollout({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation('godview');
  const create = useAct(CreateRolloutDocument);
  const { data } = useFresh(ReleasesDocument, {});
  const releases = data?.releases.filter(({ isWithdrawn }) => !isWithdrawn) ?? [];
  async function submit(fields: FormData) {
    const { payload } = await create.run({
      input: {
        releaseId: String(fields.get('release') ?? ''),
        name: String(fields.get('name')).trim(),
        target: { fleet: true },
        canaryRouterIds: [],
        percentages: steps,
        mostFailedPercent: Number(fields.get('failed')),
        soakSeconds: Number(fields.get('soak')) * 60,
        mostAtOnce: Number(fields.get('atOnce')),
      },
    });
    if (payload) onDone();
  }
  return (
    <Ask title={t('rollouts.make')} submit={t('rollouts.submit')} onSubmit={(fields) => void submit(fields)} onClose={onClose} isBusy={create.isBusy} problems={create.problems} testId="rollout-form">
      <p className="text-muted mt-2 leading-relaxed">{t('rollouts.text')}</p>
      {data && releases.length === 0 && <p className="text-warn mt-3">{t('rollouts.noRelease')}</p>}
      <Field label={t('rollouts.name')} name="name" maxLength={100} required autoComplete="off" />
      <Choice label={t('rollouts.release')} name="release" required options={releases.map(({ id, version, architecture }) => ({ value: id, label: `${version} (${architecture})` }))} />
      <div className="grid gap-x-4 sm:grid-cols-3">
        <Field label={t('rollouts.failed')} name="failed" type="number" min={0} max={100} defaultValue={10} required />
        <Field label={t('rollouts.soak')} name="soak" type="number" min={0} max={43_200} defaultValue={10} required />
        <Field label={t('rollouts.atOnce')} name="atOnce" type="number" min={1} max={1000} defaultValue={50} required />
      </div>
    </Ask>
  );
}
