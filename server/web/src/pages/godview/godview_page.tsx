// GodView, for Vivi's own staff: every router, organisation and user, domains that wait for a category, and who did what.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { useSession } from '../../session';
import { PageTitle } from '../../shell/page_title';
import { Empty } from '../../ui/empty';
import { Tabs } from '../../ui/tabs';
import { useUrlParam } from '../../url_params';
import { GodAudit } from './god_audit';
import { GodOrganisations } from './god_organisations';
import { GodReview } from './god_review';
import { GodRollouts } from './god_rollouts';
import { GodRouters } from './god_routers';
import { GodUsers } from './god_users';

const parts = { routers: GodRouters, organisations: GodOrganisations, users: GodUsers, rollouts: GodRollouts, review: GodReview, audit: GodAudit } as const;
type Part = keyof typeof parts;
const names = Object.keys(parts) as Part[];

export function GodviewPage() {
  const { t } = useTranslation('godview');
  const { me } = useSession();
  const [part, setPart] = useUrlParam('part');
  const shown = names.find((name) => name === part) ?? 'routers';
  if (!me.isStaff) return <Empty title={t('notStaff.title')} text={t('notStaff.text')} />;
  return (
    <div className="mx-auto w-full max-w-[110rem]">
      <PageTitle title={t('title')} />
      <Tabs
        label={t('parts.label')}
        value={shown}
        onChange={setPart}
        tabs={names.map((id) => {
          const Content = parts[id];
          return { id, label: t(`parts.${id}`), content: <Content /> };
        })}
      />
    </div>
  );
}
