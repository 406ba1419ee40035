// Rules: what is allowed, for whom and when; changed as a draft, tried out, saved, and followed until every router enforces it.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../session';
import { PageTitle } from '../../shell/page_title';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { Tabs } from '../../ui/tabs';
import { useUrlParam } from '../../url_params';
import { ProfilesPanel } from './profiles/profiles_panel';
import { DraftPanel } from './draft_panel';
import { GroupsPanel } from './groups_panel';
import { HistoryPanel } from './history_panel';
import { LimitsPanel } from './limits_panel';
import { ListsPanel } from './lists_panel';
import { ModePanel } from './mode_panel';
import { Outdated } from './outdated';
import { ProgressNote } from './progress_note';
import { RulesPanel } from './rules_panel';
import { SchedulesPanel } from './schedules_panel';
import { TargetChoice } from './target_choice';
import { TesterPanel } from './tester_panel';
import { useDraft, type Editing } from './use_draft';
import { useNames, type Known } from './use_names';
import { useTargets, type Targets } from './use_targets';
import { useWords, type Words } from '../../policy/use_words';
import type { Target } from './targets';

export function RulesPage() {
  const { t } = useTranslation('rules');
  const targets = useTargets();
  const { target, state } = targets;
  return (
    <>
      <PageTitle title={t('title')} note={target && <TargetChoice targets={targets} />}>
        {target && <ProgressNote target={target} />}
      </PageTitle>
      {state === 'failed' && (
        <Empty title={t('failed.title')} text={t('failed.text')}>
          <Button look="primary" onClick={targets.refresh}>
            {t('failed.retry')}
          </Button>
        </Empty>
      )}
      {state === 'ready' && !target && <Empty title={t('none.title')} text={t('none.text')} />}
      {target && <TargetRules key={target.id} target={target} targets={targets} />}
    </>
  );
}

/** What the parts of the page have in common. */
export interface Shared {
  readonly target: Target;
  readonly editing: Editing;
  readonly known: Known;
  readonly words: Words;
  readonly canEdit: boolean;
  /** After something was decided elsewhere than in the draft. */
  readonly refresh: () => void;
}

function TargetRules({ target, targets }: { target: Target; targets: Targets }) {
  const { t } = useTranslation('rules');
  const { may } = useSession();
  const editing = useDraft(target);
  const known = useNames(target.routers);
  const words = useWords(known, editing && editing !== 'failed' ? editing.draft.policy.time_zone : 'UTC');
  if (editing === 'failed') return <Empty title={t('failed.title')} text={t('failed.text')} />;
  if (!editing) return <p className="text-muted py-10 text-center">{t('loading')}</p>;
  const refresh = () => {
    targets.refresh();
    editing.reload();
  };
  const shared: Shared = { target, editing, known, words, canEdit: may('MANAGE'), refresh };
  return (
    <div className="wide:grid-cols-[minmax(0,1fr)_24rem] wall:grid-cols-[minmax(0,1fr)_30rem] grid gap-3 sm:gap-4">
      <div className="min-w-0 space-y-3 sm:space-y-4">
        {editing.isOutdated && <Outdated {...shared} />}
        {!shared.canEdit && <p className="panel text-muted px-4 py-2.5">{may('OPERATE') ? t('rights.operator') : t('rights.viewer')}</p>}
        <Parts shared={shared} targets={targets} />
      </div>
      <aside className="wide:sticky wide:top-[4.5rem] grid content-start items-start gap-3 self-start sm:gap-4 md:max-wide:grid-cols-2" aria-label={t('aside')}>
        {shared.canEdit && <DraftPanel {...shared} />}
        <TesterPanel {...shared} />
      </aside>
    </div>
  );
}

function Parts({ shared, targets }: { shared: Shared; targets: Targets }) {
  const { t } = useTranslation('rules');
  const [part, setPart] = useUrlParam('part');
  const [importing, setImporting] = useState(false);
  const rules = (
    <div className="space-y-3 sm:space-y-4">
      <ModePanel {...shared} />
      <RulesPanel {...shared} />
    </div>
  );
  const groups = (
    <div className="space-y-3 sm:space-y-4">
      <GroupsPanel {...shared} />
      <SchedulesPanel {...shared} />
      <LimitsPanel {...shared} />
    </div>
  );
  const tabs = [
    { id: 'rules', label: t('parts.rules'), content: rules },
    { id: 'groups', label: t('parts.groups'), content: groups },
    { id: 'lists', label: t('parts.lists'), content: <ListsPanel {...shared} isImporting={importing} setImporting={setImporting} /> },
    { id: 'profiles', label: t('parts.profiles'), content: <ProfilesPanel {...shared} targets={targets} /> },
    { id: 'history', label: t('parts.history'), content: <HistoryPanel {...shared} /> },
  ];
  const shown = tabs.some(({ id }) => id === part) ? part : 'rules';
  return <Tabs label={t('title')} tabs={tabs} value={shown} onChange={(id) => setPart(id === 'rules' ? '' : id)} />;
}
