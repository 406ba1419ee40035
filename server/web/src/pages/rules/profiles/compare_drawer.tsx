// Compares a version of a profile with a router, an event, or another profile or version.
// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ProfileFieldsFragment } from '../../../generated/graphql';
import { Drawer } from '../../../ui/dialog';
import { Select } from '../../../ui/field';
import { ChangesList } from '../changes_list';
import { diff } from '../../../policy/diff';
import type { Shared } from '../rules_page';
import type { Targets } from '../use_targets';
import { usePolicy, type Source } from './use_policy';

interface Props {
  profile: ProfileFieldsFragment;
  version: number;
  all: readonly ProfileFieldsFragment[];
  shared: Shared;
  targets: Targets;
  onClose: () => void;
}

export function CompareDrawer({ profile, version, all, shared, targets, onClose }: Props) {
  const { t } = useTranslation('rules');
  const [other, setOther] = useState(() => `${shared.target.kind} ${shared.target.id}`);
  const right = usePolicy({ profile: profile.id, version });
  const left = usePolicy(sourceOf(other));
  const changes = useMemo(() => (isThere(left) && isThere(right) ? diff({ ...left, never_blocked: [] }, { ...right, never_blocked: [] }) : null), [left, right]);
  return (
    <Drawer title={t('compare.title', { name: profile.name, version })} onClose={onClose}>
      <div className="space-y-4" data-testid="compare-drawer">
        <Select label={t('compare.with')} value={other} onChange={(event) => setOther(event.target.value)}>
          <optgroup label={t('compare.places')}>
            {targets.all.map(({ id, kind, name }) => (
              <option key={id} value={`${kind} ${id}`}>
                {name || t('target.unnamed')}
              </option>
            ))}
          </optgroup>
          <optgroup label={t('profiles.title')}>
            {all.flatMap((each) =>
              each.versions.map((one) =>
                each.id === profile.id && one.version === version ? null : (
                  <option key={`${each.id} ${one.version}`} value={`profile ${each.id} ${one.version}`}>
                    {`${each.name}, ${t('profiles.version', { version: one.version })}`}
                  </option>
                ),
              ),
            )}
          </optgroup>
        </Select>
        <p className="text-muted text-xs leading-relaxed">{t('compare.direction')}</p>
        {changes === null && <p className="text-muted">{left === 'failed' || right === 'failed' ? t('profiles.failed') : t('loading')}</p>}
        {changes && changes.length === 0 && <p className="font-medium">{t('compare.same')}</p>}
        {changes && changes.length > 0 && <ChangesList changes={changes} words={shared.words} />}
      </div>
    </Drawer>
  );
}

function isThere<T extends object>(value: T | 'failed' | null): value is T {
  return value !== null && value !== 'failed';
}

function sourceOf(text: string): Source {
  const [kind, id = '', version] = text.split(' ');
  if (kind === 'profile') return { profile: id, version: Number(version) };
  return kind === 'event' ? { event: id } : { router: id };
}
