// The answer of the tester: what is decided, by which rule, and why that rule before the others; with the way to let a name through.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useClient } from 'urql';
import { AllowDomainDocument } from '../../generated/graphql';
import { useSession } from '../../session';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { showToast } from '../../ui/toasts';
import { rowAt } from '../../policy/policy';
import type { Shared } from './rules_page';
import type { Asked } from './tester_panel';

export function TesterAnswer({ asked, routerId, onDecided, ...shared }: Shared & { asked: Asked; routerId: string; onDecided: () => void }) {
  const { t } = useTranslation('rules');
  const { may } = useSession();
  const { answer } = asked;
  const isDenied = answer.decision === 'DENY';
  return (
    <div className="border-line mt-4 border-t pt-3" role="status" data-testid="tester-answer" data-decision={answer.decision}>
      <p className="font-medium break-words">
        <span className={isDenied ? 'text-danger' : 'text-ok'}>{isDenied ? t('tester.denied') : t('tester.allowed')}</span>{' '}
        <bdi>{asked.text}</bdi>
      </p>
      <p className="mt-1 break-words">{ruleOf(asked, shared) ?? t(`layers.${answer.layer}.rule`)}</p>
      <p className="text-muted mt-1 text-xs leading-relaxed">{t(`layers.${answer.layer}.why`)}</p>
      <div className="mt-2 flex flex-wrap gap-1.5">
        <Badge>{t(`standing.${answer.standing}`)}</Badge>
        {answer.tags.map(({ kind, name }) => (
          <Badge key={`${kind} ${name}`}>{kind === 'SERVICE' ? shared.known.service(name) : kind === 'CATEGORY' ? shared.known.category(name) : <bdi>{name}</bdi>}</Badge>
        ))}
        {answer.schedules.map((name) => (
          <Badge key={name} tone="accent">
            {t('tester.holds')} <bdi>{name}</bdi>
          </Badge>
        ))}
      </div>
      {answer.unknownTags.length > 0 && <p className="text-warn mt-2 text-xs">{t('tester.unknown', { names: answer.unknownTags.join(', ') })}</p>}
      {isDenied && asked.name !== null && canBeAllowed(answer.layer) && may('OPERATE') && <LetThrough asked={asked} name={asked.name} routerId={routerId} onDecided={onDecided} {...shared} />}
    </div>
  );
}

/** Bans, and devices that nobody has admitted, come before every name. */
function canBeAllowed(layer: string): boolean {
  return layer !== 'BANNED' && layer !== 'NEW_DEVICE';
}

function ruleOf({ answer }: Asked, { editing, words, target }: Shared) {
  const at = answer.pointer ? rowAt(answer.pointer) : null;
  const row = at && isOfDecided(answer, editing, target) ? editing.decided.policy[at.table][at.index] : undefined;
  return at && row ? words.row(at.table, row) : null;
}

/** The pointer is into the policy that is loaded: of a router by its revision; an event counts revisions of its own. */
function isOfDecided(answer: Asked['answer'], editing: Shared['editing'], target: Shared['target']): boolean {
  const desired = target.kind === 'event' ? target.routers[0]?.desiredRevision : editing.decided.revision;
  return answer.revision === desired;
}

function LetThrough({ asked, name, routerId, onDecided, refresh }: Shared & { asked: Asked; name: string; routerId: string; onDecided: () => void }) {
  const { t } = useTranslation('rules');
  const client = useClient();
  const [isBusy, setBusy] = useState(false);
  async function allow(minutes: number | null) {
    setBusy(true);
    const { data, error } = await client.mutation(AllowDomainDocument, { input: { routerId, domain: name, minutes } }).toPromise();
    setBusy(false);
    const failed = error || (data?.allowDomain.errors.length ?? 0) > 0;
    showToast({ about: `allow ${name}`, tone: failed ? 'danger' : 'plain', content: failed ? t('tester.failed') : t('tester.letThrough', { name: asked.text }) });
    if (failed) return;
    refresh();
    onDecided();
  }
  return (
    <div className="mt-3 flex flex-wrap gap-1.5">
      <Button size="small" disabled={isBusy} onClick={() => void allow(15)}>
        {t('tester.allow15')}
      </Button>
      <Button size="small" disabled={isBusy} onClick={() => void allow(null)}>
        {t('tester.allowAlways')}
      </Button>
    </div>
  );
}
