// One profile: its versions, and what can be done with it.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useClient } from 'urql';
import { DeleteProfileDocument, ProfileDocumentDocument, type ProfileFieldsFragment } from '../../../generated/graphql';
import { Badge } from '../../../ui/badge';
import { Button } from '../../../ui/button';
import { Confirm } from '../../../ui/confirm';
import { Icon } from '../../../ui/icons';
import { Menu, MenuItem, MenuLine } from '../../../ui/menu';
import { Time } from '../../../ui/time';
import { showToast } from '../../../ui/toasts';
import { download, fileName } from '../file_button';
import type { Shared } from '../rules_page';
import type { Targets } from '../use_targets';
import { CompareDrawer } from './compare_drawer';
import { LoadDrawer } from './load_drawer';
import { RenameDrawer } from './rename_drawer';

interface Props {
  profile: ProfileFieldsFragment;
  all: readonly ProfileFieldsFragment[];
  shared: Shared;
  targets: Targets;
  onChanged: () => void;
}
type Open = { readonly what: 'load' | 'compare'; readonly version: number } | { readonly what: 'rename' | 'delete' } | null;

export function ProfileRow({ profile, all, shared, targets, onChanged }: Props) {
  const { t } = useTranslation('rules');
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const newest = profile.versions[0];
  return (
    <li className="py-3" data-testid="profile" data-name={profile.name} data-version={profile.version}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <bdi className="font-medium break-words">{profile.name}</bdi>
        <Badge>{t('profiles.version', { version: profile.version })}</Badge>
        {newest && <Saved version={newest} />}
        <div className="ml-auto flex items-center gap-1.5">
          {shared.canEdit && (
            <Button size="small" data-testid="load-profile" aria-label={t('profiles.loadThis', { name: profile.name })} onClick={() => setOpen({ what: 'load', version: profile.version })}>
              {t('profiles.load')}
            </Button>
          )}
          <Actions profile={profile} canEdit={shared.canEdit} open={setOpen} />
        </div>
      </div>
      {profile.description && <p className="text-muted mt-0.5 max-w-prose break-words"><bdi>{profile.description}</bdi></p>}
      {profile.versions.length > 1 && <Versions profile={profile} canEdit={shared.canEdit} open={setOpen} />}
      {open?.what === 'load' && <LoadDrawer profile={profile} version={open.version} shared={shared} targets={targets} onClose={close} />}
      {open?.what === 'compare' && <CompareDrawer profile={profile} version={open.version} all={all} shared={shared} targets={targets} onClose={close} />}
      {open?.what === 'rename' && <RenameDrawer profile={profile} onClose={close} onRenamed={onChanged} />}
      {open?.what === 'delete' && <Delete profile={profile} onClose={close} onDeleted={onChanged} />}
    </li>
  );
}

function Saved({ version }: { version: ProfileFieldsFragment['versions'][number] }) {
  return (
    <span className="text-muted text-xs">
      <Time at={version.createdAt} />
      {version.author && (
        <>
          {' · '}
          <bdi>{version.author}</bdi>
        </>
      )}
    </span>
  );
}

/** The document as the server wrote it, with its checksum, so that it can be loaded anywhere. */
function useDownload(profile: ProfileFieldsFragment): (version: number) => Promise<void> {
  const { t } = useTranslation('rules');
  const client = useClient();
  return async (version) => {
    const { data } = await client.query(ProfileDocumentDocument, { id: profile.id, version }).toPromise();
    const document = data?.profile?.document;
    if (!document) return showToast({ about: profile.id, tone: 'danger', content: t('profiles.failed') });
    download(fileName(profile.name), `${JSON.stringify(document, null, 1)}\n`);
  };
}

function Actions({ profile, canEdit, open }: { profile: ProfileFieldsFragment; canEdit: boolean; open: (what: Open) => void }) {
  const { t } = useTranslation('rules');
  const save = useDownload(profile);
  return (
    <Menu
      label={t('profiles.actions', { name: profile.name })}
      trigger={
        <Button size="icon" look="quiet" aria-label={t('profiles.actions', { name: profile.name })} data-testid="profile-menu">
          <Icon name="more" />
        </Button>
      }
    >
      <MenuItem onSelect={() => open({ what: 'compare', version: profile.version })} data-testid="compare-profile">
        {t('profiles.compare')}
      </MenuItem>
      <MenuItem onSelect={() => void save(profile.version)} data-testid="export-profile">
        {t('profiles.export')}
      </MenuItem>
      {canEdit && (
        <>
          <MenuItem onSelect={() => open({ what: 'rename' })}>{t('profiles.rename')}</MenuItem>
          <MenuLine />
          <MenuItem onSelect={() => open({ what: 'delete' })}>{t('profiles.delete')}</MenuItem>
        </>
      )}
    </Menu>
  );
}

function Versions({ profile, canEdit, open }: { profile: ProfileFieldsFragment; canEdit: boolean; open: (what: Open) => void }) {
  const { t } = useTranslation('rules');
  return (
    <details className="mt-1">
      <summary className="text-muted hover:text-ink inline-flex min-h-6 items-center text-xs">{t('profiles.versions', { count: profile.versions.length })}</summary>
      <ol className="mt-1 space-y-1 pl-3">
        {profile.versions.map((version) => (
          <li key={version.version} className="flex flex-wrap items-center gap-x-3" data-testid="profile-version" data-version={version.version}>
            <span>{t('profiles.version', { version: version.version })}</span>
            <Saved version={version} />
            <span className="ml-auto flex gap-1">
              <Button size="small" look="quiet" aria-label={t('profiles.compareVersion', { version: version.version })} onClick={() => open({ what: 'compare', version: version.version })}>
                {t('profiles.compare')}
              </Button>
              {canEdit && (
                <Button size="small" look="quiet" aria-label={t('profiles.loadVersion', { version: version.version })} onClick={() => open({ what: 'load', version: version.version })}>
                  {t('profiles.load')}
                </Button>
              )}
            </span>
          </li>
        ))}
      </ol>
    </details>
  );
}

function Delete({ profile, onClose, onDeleted }: { profile: ProfileFieldsFragment; onClose: () => void; onDeleted: () => void }) {
  const { t } = useTranslation('rules');
  const client = useClient();
  async function remove() {
    const { data, error } = await client.mutation(DeleteProfileDocument, { input: { profileId: profile.id } }).toPromise();
    const failed = error || (data?.deleteProfile.errors.length ?? 0) > 0;
    showToast({ about: profile.id, tone: failed ? 'danger' : 'plain', content: failed ? t('profiles.failed') : t('profiles.deleted', { name: profile.name }) });
    onDeleted();
    onClose();
  }
  return (
    <Confirm title={t('profiles.deleteTitle')} action={t('profiles.delete')} onConfirm={() => void remove()} onClose={onClose}>
      <p>{t('profiles.deleteText')}</p>
    </Confirm>
  );
}
