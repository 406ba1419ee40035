// What loading a profile would change at one place, and which of its lists are missing there.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useClient } from 'urql';
import { LoadProfileDocument, type PolicyProblemFragment } from '../../../generated/graphql';
import { ChangesList } from '../changes_list';
import type { Policy } from '../../../policy/policy';
import { Problems } from '../problems';
import type { Target } from '../targets';
import type { Words } from '../../../policy/use_words';
import { problemsOf } from './load_drawer';
import { changesOfLoading } from './loading';
import { usePolicy } from './use_policy';

interface Props {
  target: Target;
  profile: Policy;
  words: Words;
  source: { profileId: string; version: number };
}

export function LoadPreview({ target, profile, words, source }: Props) {
  const { t } = useTranslation('rules');
  const before = usePolicy(target.kind === 'event' ? { event: target.id } : { router: target.id });
  const { missing, problems } = useDryRun(target, source);
  const changes = useMemo(() => (before && before !== 'failed' ? changesOfLoading(before, profile, target.kind) : null), [before, profile, target.kind]);
  return (
    <section className="border-line rounded-md border p-3" data-testid="load-preview" data-name={target.name} data-changes={changes?.length ?? ''}>
      <h3 className="font-medium">
        <bdi>{target.name || t('target.unnamed')}</bdi>
      </h3>
      {changes === null && <p className="text-muted mt-1">{before === 'failed' ? t('profiles.failed') : t('loading')}</p>}
      {changes && changes.length === 0 && <p className="text-muted mt-1">{t('load.same')}</p>}
      {changes && changes.length > 0 && (
        <>
          <p className="text-muted mt-1 mb-1.5 text-xs">{t('load.would', { count: changes.length })}</p>
          <ChangesList changes={changes} words={words} atMost={30} />
        </>
      )}
      {missing.length > 0 && <p className="text-warn mt-2 text-xs leading-relaxed">{t('load.missing', { names: missing.join(', ') })}</p>}
      <Problems problems={problems} />
    </section>
  );
}

/** The server's own dry run: it knows which lists the organisation has, and what it would refuse. */
function useDryRun({ id, kind }: Target, { profileId, version }: Props['source']): { missing: readonly string[]; problems: readonly PolicyProblemFragment[] } {
  const client = useClient();
  const [found, setFound] = useState<{ missing: readonly string[]; problems: readonly PolicyProblemFragment[] }>({ missing: [], problems: [] });
  useEffect(() => {
    let isOver = false;
    const place = kind === 'event' ? { eventId: id } : { routerIds: [id] };
    void client.mutation(LoadProfileDocument, { input: { ...place, profileId, version, dryRun: true } }).toPromise().then(({ data }) => {
      if (isOver || !data) return;
      setFound({ missing: [...new Set(data.loadProfile.results.flatMap(({ missingLists }) => missingLists))], problems: problemsOf(data.loadProfile) });
    });
    return () => {
      isOver = true;
    };
  }, [client, id, kind, profileId, version]);
  return found;
}
