// "What would happen?": asks the engine that the routers ask, about a name or an address, for a device, at a time.
// SPDX-License-Identifier: Apache-2.0
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useClient } from 'urql';
import { ExplainDocument, type ExplainQuery } from '../../generated/graphql';
import { fromWall } from '../../format/zoned';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Panel } from '../../ui/panel';
import { checkDomain, checkMac, checkPort, checkPrefix } from './check';
import { DeviceField } from './device_field';
import type { Shared } from './rules_page';
import { useProblemText } from './subject_fields';
import { TesterAnswer } from './tester_answer';

export type Explanation = ExplainQuery['explain'];
export interface Asked {
  readonly text: string;
  readonly name: string | null;
  readonly mac: string | null;
  readonly answer: Explanation;
}

export function TesterPanel(shared: Shared) {
  const { t } = useTranslation('rules');
  const { target, known, editing } = shared;
  const client = useClient();
  const say = useProblemText();
  const zone = editing.draft.policy.time_zone;
  const [what, setWhat] = useState('');
  const [device, setDevice] = useState('');
  const [at, setAt] = useState('');
  const [problem, setProblem] = useState<string | undefined>();
  const [asked, setAsked] = useState<Asked | null>(null);
  const router = target.routers[0];
  async function ask(event?: FormEvent) {
    event?.preventDefault();
    const question = questionOf(what);
    const mac = device.trim() === '' ? null : checkMac(device);
    if (!question || (mac && 'problem' in mac) || !router) return setProblem(say(question ? 'mac' : what.trim() === '' ? 'empty' : 'domain'));
    setProblem(undefined);
    const moment = at === '' ? null : fromWall(at, zone);
    const input = { routerId: router.id, ...question, mac: mac?.value ?? null, at: moment === null ? null : new Date(moment).toISOString() };
    const { data, error } = await client.query(ExplainDocument, { input }).toPromise();
    if (error || !data) return setProblem(t('tester.failed'));
    setAsked({ text: what.trim(), name: question.name ?? null, mac: mac?.value ?? null, answer: data.explain });
  }
  return (
    <Panel title={t('tester.title')} testId="tester">
      {!router && <p className="text-muted leading-relaxed">{t('tester.noRouter')}</p>}
      {router && (
        <form onSubmit={(event) => void ask(event)} noValidate className="space-y-3">
          <Field label={t('tester.what')} placeholder="www.example.org" spellCheck={false} autoCapitalize="off" name="tester-what" problem={problem} value={what} onChange={(event) => setWhat(event.target.value)} />
          <details>
            <summary className="text-muted hover:text-ink inline-flex min-h-6 items-center text-xs">{t('tester.more')}</summary>
            <div className="mt-2 space-y-3">
              <DeviceField label={t('tester.device')} hint={t('tester.deviceHint')} value={device} onChange={setDevice} known={known} />
              <Field label={t('tester.at')} hint={t('form.untilHint', { zone })} type="datetime-local" value={at} onChange={(event) => setAt(event.target.value)} />
            </div>
          </details>
          <Button type="submit" data-testid="tester-ask">
            {t('tester.ask')}
          </Button>
        </form>
      )}
      {asked && router && <TesterAnswer {...shared} asked={asked} routerId={router.id} onDecided={() => void ask()} />}
      {editing.isChanged && router && <p className="text-muted mt-3 text-xs leading-relaxed">{t('tester.notDraft')}</p>}
    </Panel>
  );
}

/** A name, an address, or either with a port behind it. */
function questionOf(text: string): { name?: string; address?: string; port?: number } | null {
  const trimmed = text.trim();
  const [, bracketed, bracketPort] = /^\[([^\]]+)\](?::(\d+))?$/.exec(trimmed) ?? [];
  const [, head = trimmed, tail] = /^([^:/]+):(\d+)$/.exec(trimmed) ?? [];
  const address = bracketed ?? head;
  const prefix = checkPrefix(address);
  const port = checkPort(bracketPort ?? tail ?? '');
  if ('value' in prefix && !prefix.value.includes('/')) return { address: prefix.value, ...('value' in port ? { port: Number(port.value) } : {}) };
  const name = checkDomain(trimmed);
  return 'value' in name ? { name: name.value } : null;
}
