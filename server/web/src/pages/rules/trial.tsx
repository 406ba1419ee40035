// The dry run: what a policy that is not decided yet would have done to what devices asked for in the last 24 hours.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useClient } from 'urql';
import { PolicyTrialDocument, type PolicyTrialQuery } from '../../generated/graphql';
import { formatCount } from '../../format/quantity';
import type { Policy } from '../../policy/policy';
import { Problems } from './problems';
import type { Target } from './targets';

type Result = PolicyTrialQuery['policyTrial'];
type Name = Result['denied'][number];

export function Trial({ target, policy }: { target: Target; policy: Policy }) {
  const { t } = useTranslation('rules');
  const result = useTrial(target, policy);
  return (
    <section aria-labelledby="trial-title" className="border-line rounded-md border p-3" data-testid="trial" data-state={result === null ? 'running' : result === 'failed' ? 'failed' : 'done'}>
      <h3 id="trial-title" className="font-medium">
        {t('trial.title')}
      </h3>
      <div role="status">
        {result === null && <p className="text-muted mt-1">{t('trial.running')}</p>}
        {result === 'failed' && <p className="text-warn mt-1">{t('trial.failed')}</p>}
        {result !== null && result !== 'failed' && <Outcome result={result} />}
      </div>
    </section>
  );
}

function useTrial(target: Target, policy: Policy): Result | 'failed' | null {
  const client = useClient();
  const [result, setResult] = useState<Result | 'failed' | null>(null);
  useEffect(() => {
    let isOver = false;
    setResult(null);
    const place = target.kind === 'event' ? { eventId: target.id } : { routerId: target.id };
    const variables = { input: { place, policy: { document: policy }, first: 20 } };
    void client.query(PolicyTrialDocument, variables).toPromise().then(({ data }) => {
      if (!isOver) setResult(data?.policyTrial ?? 'failed');
    });
    return () => {
      isOver = true;
    };
  }, [client, target.id, target.kind, policy]);
  return result;
}

function Outcome({ result }: { result: Result }) {
  const { t, i18n } = useTranslation('rules');
  const count = (value: number) => formatCount(value, i18n.language);
  const devices = (value: number) => t('trial.devices', { count: value, value: count(value) });
  if (result.errors.length > 0) return <Problems problems={result.errors} />;
  const { sums } = result;
  return (
    <>
      <p className="text-muted mt-1 text-xs leading-relaxed">{t('trial.looked', { count: sums.names, names: count(sums.names), devices: devices(sums.devices) })}</p>
      <p className="mt-2" data-testid="trial-denied" data-names={sums.deniedNames}>
        {sums.deniedNames === 0 ? t('trial.nothingDenied') : t('trial.denied', { count: sums.deniedNames, names: count(sums.deniedNames), devices: devices(sums.deniedDevices) })}
      </p>
      <Names names={result.denied} tone="text-danger" />
      <p className="mt-2" data-testid="trial-allowed" data-names={sums.allowedNames}>
        {sums.allowedNames === 0 ? t('trial.nothingAllowed') : t('trial.allowed', { count: sums.allowedNames, names: count(sums.allowedNames), devices: devices(sums.allowedDevices) })}
      </p>
      <Names names={result.allowed} tone="text-ok" />
      {result.unknownTags.length > 0 && <p className="text-warn mt-2 text-xs">{t('tester.unknown', { names: result.unknownTags.join(', ') })}</p>}
      <p className="text-muted mt-2 text-xs leading-relaxed">{t('trial.limits')}</p>
    </>
  );
}

function Names({ names, tone }: { names: readonly Name[]; tone: string }) {
  const { t, i18n } = useTranslation('rules');
  return (
    <ul className="mt-1 space-y-0.5 text-xs">
      {names.map(({ name, deviceCount }) => (
        <li key={name} className="flex gap-3">
          <bdi className={`min-w-0 flex-1 truncate ${tone}`} title={name}>
            {name}
          </bdi>
          <span className="text-muted shrink-0 tabular-nums">{t('trial.devices', { count: deviceCount, value: formatCount(deviceCount, i18n.language) })}</span>
        </li>
      ))}
    </ul>
  );
}
