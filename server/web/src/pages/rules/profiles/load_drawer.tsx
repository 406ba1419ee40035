// Loads a profile on routers and events: first what would change at each, then how far it has come.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useClient, type Client } from 'urql';
import { LoadProfileDocument, type LoadProfileMutation, type PolicyProblemFragment, type ProfileFieldsFragment } from '../../../generated/graphql';
import { Button } from '../../../ui/button';
import { Drawer } from '../../../ui/dialog';
import { Checkbox, Select } from '../../../ui/field';
import { Problems } from '../problems';
import type { Shared } from '../rules_page';
import type { Target } from '../targets';
import type { Targets } from '../use_targets';
import { LoadPreview } from './load_preview';
import { LoadProgress } from './load_progress';
import { usePolicy } from './use_policy';

interface Props {
  profile: ProfileFieldsFragment;
  version: number;
  shared: Shared;
  targets: Targets;
  onClose: () => void;
}

export function LoadDrawer({ profile, version: first, shared, targets, onClose }: Props) {
  const { t } = useTranslation('rules');
  const client = useClient();
  const [version, setVersion] = useState(first);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [sent, setSent] = useState<readonly string[] | null>(null);
  const [problems, setProblems] = useState<readonly PolicyProblemFragment[]>([]);
  const [isBusy, setBusy] = useState(false);
  const policy = usePolicy({ profile: profile.id, version });
  const wanted = targets.all.filter(({ id }) => chosen.includes(id));
  async function load() {
    setBusy(true);
    const found = await loadOn(client, wanted, profile.id, version, t('profiles.failed'));
    setBusy(false);
    setProblems(found);
    shared.refresh();
    if (found.length === 0) setSent(chosen);
  }
  if (sent) {
    return (
      <Drawer title={t('load.title', { name: profile.name })} onClose={onClose}>
        <LoadProgress targets={targets.all.filter(({ id }) => sent.includes(id))} onClose={onClose} />
      </Drawer>
    );
  }
  return (
    <Drawer title={t('load.title', { name: profile.name })} onClose={onClose}>
      <div className="space-y-5" data-testid="load-drawer">
        <Select label={t('load.version')} value={String(version)} onChange={(event) => setVersion(Number(event.target.value))}>
          {profile.versions.map((each) => (
            <option key={each.version} value={each.version}>
              {t('profiles.version', { version: each.version })}
            </option>
          ))}
        </Select>
        <fieldset>
          <legend className="mb-1.5 font-medium">{t('load.where')}</legend>
          <div className="space-y-2">
            {targets.all.map((target) => (
              <Checkbox
                key={target.id}
                label={<bdi>{target.name || t('target.unnamed')}</bdi>}
                hint={target.kind === 'event' ? t('load.event', { count: target.routers.length }) : t('load.router')}
                checked={chosen.includes(target.id)}
                onChange={(event) => setChosen(event.target.checked ? [...chosen, target.id] : chosen.filter((id) => id !== target.id))}
                data-name={target.name}
              />
            ))}
          </div>
        </fieldset>
        {policy && policy !== 'failed' && wanted.map((target) => <LoadPreview key={target.id} target={target} profile={policy} words={shared.words} source={{ profileId: profile.id, version }} />)}
        {wanted.length > 0 && <p className="text-muted text-xs leading-relaxed">{t('load.replaces')}</p>}
        <Problems problems={problems} />
        <div className="bg-surface border-line sticky -bottom-4 -mx-5 -mb-4 flex justify-end gap-2 border-t px-5 py-3">
          <Button onClick={onClose}>{t('form.cancel')}</Button>
          <Button look="primary" disabled={wanted.length === 0 || isBusy} data-testid="load-ok" onClick={() => void load()}>
            {isBusy ? t('load.loading') : t('load.ok', { count: wanted.length })}
          </Button>
        </div>
      </div>
    </Drawer>
  );
}

/** One call for all routers, one for each event. The answer is what went wrong; nothing is loaded twice by trying again. */
async function loadOn(client: Client, targets: readonly Target[], profileId: string, version: number, otherwise: string): Promise<readonly PolicyProblemFragment[]> {
  const routerIds = targets.filter(({ kind }) => kind === 'router').map(({ id }) => id);
  const places = [...(routerIds.length > 0 ? [{ routerIds }] : []), ...targets.filter(({ kind }) => kind === 'event').map(({ id }) => ({ eventId: id }))];
  const problems: PolicyProblemFragment[] = [];
  for (const place of places) {
    const { data } = await client.mutation(LoadProfileDocument, { input: { ...place, profileId, version } }).toPromise();
    problems.push(...(data ? problemsOf(data.loadProfile) : [{ code: '', message: otherwise, path: null }]));
  }
  return problems;
}

export function problemsOf(payload: LoadProfileMutation['loadProfile']): readonly PolicyProblemFragment[] {
  return [...payload.errors, ...payload.results.flatMap(({ errors }) => errors)];
}
