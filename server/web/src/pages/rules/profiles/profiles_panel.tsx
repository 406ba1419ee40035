// Profiles: policies that are kept under a name, in versions; saved from here, carried as files, loaded elsewhere.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useClient, useQuery } from 'urql';
import { ImportProfileDocument, ProfilesDocument, type PolicyProblemFragment, type ProfileFieldsFragment } from '../../../generated/graphql';
import { useSession } from '../../../session';
import { Button } from '../../../ui/button';
import { Panel } from '../../../ui/panel';
import { showToast } from '../../../ui/toasts';
import { FileButton } from '../file_button';
import { Problems } from '../problems';
import type { Shared } from '../rules_page';
import type { Targets } from '../use_targets';
import { ProfileRow } from './profile_row';
import { SaveDrawer } from './save_drawer';

export function ProfilesPanel(shared: Shared & { targets: Targets }) {
  const { t } = useTranslation('rules');
  const { organisation } = useSession();
  const [{ data }, ask] = useQuery({ query: ProfilesDocument, variables: { organisationId: organisation?.id ?? '', after: null }, pause: !organisation });
  const profiles = data?.profiles.edges.map(({ node }) => node) ?? [];
  const [isSaving, setSaving] = useState(false);
  const [problems, setProblems] = useState<readonly PolicyProblemFragment[]>([]);
  const importFile = useImport(setProblems, ask);
  return (
    <Panel
      title={t('profiles.title')}
      testId="profiles"
      actions={
        shared.canEdit && (
          <>
            <FileButton label={t('profiles.import')} accept=".json,application/json" onFile={(_, text) => void importFile(text)} />
            <Button look="primary" data-testid="save-profile" onClick={() => setSaving(true)}>
              {t('profiles.save')}
            </Button>
          </>
        )
      }
    >
      <Problems problems={problems} />
      {data && profiles.length === 0 && <p className="text-muted max-w-prose py-4 leading-relaxed">{t('profiles.empty')}</p>}
      <ul className="divide-line divide-y">
        {profiles.map((profile) => (
          <ProfileRow key={profile.id} profile={profile} all={profiles} shared={shared} targets={shared.targets} onChanged={() => ask()} />
        ))}
      </ul>
      {isSaving && <SaveDrawer {...shared} taken={profiles.map(({ name }: ProfileFieldsFragment) => name)} onClose={() => setSaving(false)} onSaved={() => ask()} />}
    </Panel>
  );
}

function useImport(setProblems: (problems: readonly PolicyProblemFragment[]) => void, onImported: () => void) {
  const { t } = useTranslation('rules');
  const { organisation } = useSession();
  const client = useClient();
  return async (text: string) => {
    if (!organisation) return;
    const { data, error } = await client.mutation(ImportProfileDocument, { input: { organisationId: organisation.id, text } }).toPromise();
    const payload = data?.importProfile;
    setProblems(payload?.errors ?? []);
    if (error || !payload) return showToast({ about: 'profile import', tone: 'danger', content: t('profiles.failed') });
    if (!payload.profile) return;
    const { name, version } = payload.profile;
    showToast({ about: 'profile import', tone: 'plain', content: t('profiles.imported', { name, version }) });
    onImported();
  };
}
